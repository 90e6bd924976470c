//! The accounts.

use super::{Books, Costs, Unit};
use crate::{
    Setting,
    settings::{SettingError, Settings},
};
use livenet_core::{Commit, Epoch, Follower, Moves, Network, Neurons, Origin, Role, Row, Signal, Signals};
use serde::{Deserialize, Serialize};

/// How an economy of neurons is run. Energies are in steps of upkeep of one neuron: see [`Unit`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Economy {
    /// What comes in per step, S.
    pub supply: f64,
    /// The part that is handed out by utility, φ.
    pub competition: f64,
    /// The part of the supply that growth leaves free, ε. With `competition` at or below it nobody starves.
    pub reserve: f64,
    /// The most a store holds.
    pub capacity: f64,
    /// What a neuron must have saved to divide.
    pub threshold: f64,
    /// What a newborn that is no daughter begins with.
    pub endowment: f64,
    /// Steps of upkeep, times 0.55, that a division costs (`BioNumbers` 106070: building a cell costs 0.55 of what
    /// it uses up in a generation).
    pub generation: f64,
    /// Steps after birth or division before a neuron may divide or starve.
    pub maturity: u64,
    /// Steps with nothing in store until a neuron is starved.
    pub grace: u64,
    /// The part of the neurons that may divide in one asking (at least one may).
    pub quota: f64,
    /// What it costs to be a neuron.
    pub costs: Costs,
    /// In what energy is counted.
    pub unit: Unit,
}

/// Energy of every hidden neuron. See the [module](super).
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger {
    economy: Economy,
    state: LedgerState,
}

/// What a ledger remembers, for a checkpoint.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LedgerState {
    /// The rows below are of this epoch; none before the first network is seen.
    epoch: Option<Epoch>,
    accounts: Vec<Option<Account>>,
    books: Books,
    supply: f64,
    /// Mean cost at the last settlement.
    mean_cost: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Account {
    store: f64,
    /// Cost per step, as last settled.
    cost: f64,
    /// Steps since birth or division.
    age: u64,
    /// Steps with an empty store, up to now.
    empty: u64,
}

impl Ledger {
    /// The settings of [`Ledger::build`].
    pub const SETTINGS: &[Setting] = &[
        Setting {
            name: "supply",
            default: "64",
            about: "energy per step, in upkeeps of one neuron (see `unit`): how many it feeds",
        },
        Setting {
            name: "unit",
            default: "\"mean\"",
            about: "one neuron is the `mean` one there is, or the `reference` one below",
        },
        Setting { name: "competition", default: "0.2", about: "part of the supply handed out by utility" },
        Setting { name: "reserve", default: "0.1", about: "part of the supply that growth leaves free" },
        Setting { name: "capacity", default: "100", about: "most that a neuron stores" },
        Setting { name: "threshold", default: "0.6 capacity", about: "store at which a neuron may divide" },
        Setting { name: "endowment", default: "0.3 capacity", about: "store of a newborn that is no daughter" },
        Setting {
            name: "generation",
            default: "0.8 capacity",
            about: "steps of upkeep, times 0.55, that a division costs",
        },
        Setting {
            name: "maturity",
            default: "100",
            about: "steps after birth or division before it may divide or starve",
        },
        Setting { name: "grace", default: "200", about: "steps with an empty store until it is starved" },
        Setting { name: "quota", default: "0.1", about: "part of the neurons that may divide in one asking" },
        Setting { name: "fan_in", default: "16", about: "fan-in of the reference neuron" },
        Setting { name: "activity", default: "0.5", about: "mean |output| of the reference neuron" },
        Setting { name: "drive", default: "1", about: "sum of mean |w x| of the reference neuron" },
        Setting { name: "plasticity", default: "0", about: "cost per sum of |change of weight|" },
    ];

    /// A ledger as an experiment sets it; see [`Ledger::SETTINGS`].
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        let supply = settings.real("supply", 64.0, 1e-9..=1e12)?;
        let capacity = settings.real("capacity", 100.0, 1e-9..=1e12)?;
        Ok(Self::new(Economy {
            supply,
            competition: settings.real("competition", 0.2, 0.0..=1.0)?,
            reserve: settings.real("reserve", 0.1, 0.0..=1.0)?,
            capacity,
            threshold: settings.real("threshold", 0.6 * capacity, 0.0..=capacity)?,
            endowment: settings.real("endowment", 0.3 * capacity, 0.0..=capacity)?,
            generation: settings.real("generation", 0.8 * capacity, 0.0..=1e12)?,
            maturity: settings.integer("maturity", 100, 0..=i64::MAX)?.unsigned_abs(),
            grace: settings.integer("grace", 200, 0..=i64::MAX)?.unsigned_abs(),
            quota: settings.real("quota", 0.1, 0.0..=1.0)?,
            costs: Costs::build(settings)?,
            unit: settings.choice("unit", &[("mean", Unit::Mean), ("reference", Unit::Reference)])?,
        }))
    }

    /// A ledger without accounts; they are opened when the first network is seen.
    pub fn new(economy: Economy) -> Self {
        Self { economy, state: LedgerState { supply: economy.supply, mean_cost: 1.0, ..LedgerState::default() } }
    }

    /// How the economy is run.
    pub fn economy(&self) -> &Economy {
        &self.economy
    }

    /// The signals of [`Ledger::advance`].
    pub fn needs(&self) -> Vec<Signal> {
        self.economy.costs.needs()
    }

    /// Another supply from now on: drought or plenty.
    pub fn resupply(&mut self, supply: f64) {
        self.state.supply = supply;
    }

    /// Settles `steps` steps at the activity and utilities of the moment. The supply S is handed out as
    /// `x = min(1, (1 - φ) S / C) c + φ S u / U` per neuron, with C and U the sums of costs c and
    /// utilities u; without any utility the competed part is shared evenly. Stores stay within
    /// `0..=capacity`; what that cuts off is in the books.
    ///
    /// # Panics
    /// When the ledger missed a commit.
    #[track_caller]
    pub fn advance(&mut self, network: &Network, signals: &Signals, steps: u64) {
        self.open(network);
        assert_eq!(self.state.epoch, Some(network.epoch()), "the ledger missed a commit");
        let utility = |row: usize| {
            let value = signals.values(Signal::Utility).get(row).copied().unwrap_or(0.0);
            if value.is_finite() { f64::from(value.max(0.0)) } else { 0.0 }
        };
        for (row, account) in self.state.accounts.iter_mut().enumerate() {
            if let Some(account) = account {
                account.cost = self.economy.costs.of(network, signals, row as u32);
            }
        }
        let count = self.neurons();
        if count == 0 {
            return;
        }
        if self.economy.unit == Unit::Mean && self.cost() > 0.0 {
            let mean = self.cost() / count as f64;
            self.state.accounts.iter_mut().flatten().for_each(|account| account.cost /= mean);
        }
        let cost = self.cost();
        let useful: f64 =
            (0..self.state.accounts.len()).filter(|&row| self.state.accounts[row].is_some()).map(utility).sum();
        let (supply, competition) = (self.state.supply, self.economy.competition);
        let basic = if cost > 0.0 { ((1.0 - competition) * supply / cost).min(1.0) } else { 0.0 };
        let books = &mut self.state.books;
        books.steps += steps;
        for (row, account) in self.state.accounts.iter_mut().enumerate() {
            let Some(account) = account else { continue };
            let part = if useful > 0.0 { utility(row) / useful } else { 1.0 / count as f64 };
            let income = (basic * account.cost + competition * supply * part) * steps as f64;
            let cost = account.cost * steps as f64;
            books.income += income;
            books.cost += cost;
            account.settle(account.store + income - cost, self.economy.capacity, books);
            account.age += steps;
            account.empty = if account.store > 0.0 { 0 } else { account.empty + steps };
        }
        self.state.mean_cost = cost / count as f64;
    }

    /// Whether the neuron may divide: enough in store, old enough, and the supply carries one more like
    /// it. How many may at a time, [`Ledger::quota`] says, and how much they may cost together, [`Ledger::room`].
    pub fn ready(&self, row: Row<Neurons>) -> bool {
        self.account(row).is_some_and(|account| {
            let saved = account.store >= self.economy.threshold.max(self.division_cost());
            saved && account.age >= self.economy.maturity && account.cost <= self.room()
        })
    }

    /// Whether the neuron has been without energy for too long.
    pub fn starved(&self, row: Row<Neurons>) -> bool {
        self.account(row)
            .is_some_and(|account| account.empty > self.economy.grace && account.age > self.economy.maturity)
    }

    /// What the supply still carries: (1 - ε) S - C.
    pub fn room(&self) -> f64 {
        (1.0 - self.economy.reserve) * self.state.supply - self.cost()
    }

    /// How many neurons may divide in one asking.
    pub fn quota(&self) -> usize {
        ((self.neurons() as f64 * self.economy.quota) as usize).max(1)
    }

    /// What a division costs at present.
    pub fn division_cost(&self) -> f64 {
        0.55 * self.state.mean_cost * self.economy.generation
    }

    /// The store of a neuron; 0 for those without an account.
    pub fn energy(&self, row: Row<Neurons>) -> f64 {
        self.account(row).map_or(0.0, |account| account.store)
    }
    /// The cost of a neuron per step, as last settled.
    pub fn cost_of(&self, row: Row<Neurons>) -> f64 {
        self.account(row).map_or(0.0, |account| account.cost)
    }
    /// The sum of all stores.
    pub fn store(&self) -> f64 {
        self.accounts().map(|account| account.store).sum()
    }
    /// The sum of all costs per step, C.
    pub fn cost(&self) -> f64 {
        self.accounts().map(|account| account.cost).sum()
    }
    /// What comes in per step, S.
    pub fn supply(&self) -> f64 {
        self.state.supply
    }
    /// How many neurons have an account.
    pub fn neurons(&self) -> usize {
        self.accounts().count()
    }
    /// The number of neurons at which growth ends: N* = (1 - ε) S / c̄, with the mean cost c̄ as last settled.
    pub fn plateau(&self) -> f64 {
        (1.0 - self.economy.reserve) * self.state.supply / self.state.mean_cost
    }
    /// The books since they were last taken.
    pub fn books(&self) -> &Books {
        &self.state.books
    }
    /// Takes the books and begins new ones.
    pub fn take_books(&mut self) -> Books {
        std::mem::take(&mut self.state.books)
    }

    /// What it remembers.
    pub fn save(&self) -> LedgerState {
        self.state.clone()
    }
    /// Takes over what another remembered.
    pub fn load(&mut self, state: LedgerState) {
        self.state = state;
    }

    fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.state.accounts.iter().flatten()
    }

    fn account(&self, row: Row<Neurons>) -> Option<&Account> {
        self.state.accounts.get(row.index())?.as_ref()
    }

    /// Opens accounts for a network that is seen for the first time.
    fn open(&mut self, network: &Network) {
        if self.state.epoch.is_none() {
            self.state.epoch = Some(network.epoch());
            self.state.accounts =
                network.neuron_rows().map(|row| (network.role(row) == Role::Hidden).then(|| self.endow())).collect();
            self.state.books.endowed += self.store();
        }
    }

    fn endow(&self) -> Account {
        Account { store: self.economy.endowment, cost: self.state.mean_cost, age: 0, empty: 0 }
    }

    /// The division is paid by the mother, and what is left is halved.
    fn charge_division(&mut self, mother: Option<usize>) -> Account {
        let price = self.division_cost();
        let (books, capacity) = (&mut self.state.books, self.economy.capacity);
        books.cost += price;
        books.divisions += price;
        let Some(account) = mother.and_then(|row| self.state.accounts[row].as_mut()) else {
            // The mother died in the same commit: nothing is left to be shared.
            books.forgiven += price;
            return Account::default();
        };
        account.settle(account.store - price, capacity, books);
        *account = Account { store: account.store / 2.0, age: 0, empty: 0, ..*account };
        *account
    }
}

impl Account {
    fn settle(&mut self, store: f64, capacity: f64, books: &mut Books) {
        self.store = store.clamp(0.0, capacity);
        books.spilled += (store - capacity).max(0.0);
        books.forgiven += (-store).max(0.0);
    }
}

impl Follower for Ledger {
    #[track_caller]
    fn follow(&mut self, after: &Network, commit: &Commit) {
        if self.state.epoch.is_none() {
            self.open(after);
            return;
        }
        assert_eq!(self.state.epoch, Some(commit.before), "the ledger missed a commit");
        let before = std::mem::take(&mut self.state.accounts);
        let mut left: f64 = before.iter().flatten().map(|account| account.store).sum();
        self.state.accounts = match &commit.neurons {
            Moves::Touched { born, .. } => {
                let mut same = before;
                for &row in born {
                    same[row as usize] = None;
                }
                same
            }
            Moves::Remap(from) => from.rows().map(|old| old.and_then(|old| before[old as usize])).collect(),
        };
        left -= self.store();
        self.state.books.lost += left;
        // By name is by birth: a mother that is herself newborn has her account before her daughter.
        let mut newborns = commit.newborns.clone();
        newborns.sort_by_key(|newborn| newborn.id);
        for newborn in newborns {
            let row = newborn.row as usize;
            if after.role(Row::new(newborn.row)) != Role::Hidden {
                continue;
            }
            self.state.accounts[row] = Some(if let Origin::DivisionOf(mother) = newborn.origin {
                self.charge_division(after.row(mother).map(Row::index))
            } else {
                self.state.books.endowed += self.economy.endowment;
                self.endow()
            });
        }
        self.state.epoch = Some(commit.after);
    }
}
