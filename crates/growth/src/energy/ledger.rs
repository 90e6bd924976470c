//! The accounts.

use super::{Account, AccountView, Books, Economy, Unit, economy, supply::Senses};
use crate::{
    Setting,
    settings::{SettingError, Settings},
};
use livenet_core::{Commit, Epoch, Follower, Moves, Network, Neurons, Origin, Role, Row, Signal, Signals};
use serde::{Deserialize, Serialize};

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
    /// S₀, of the settings or of the last [`Ledger::resupply`].
    base: f64,
    supply: f64,
    senses: Senses,
    /// Mean cost at the last settlement.
    mean_cost: f64,
}

impl Ledger {
    /// The settings of [`Ledger::build`].
    pub const SETTINGS: &[Setting] = economy::SETTINGS;

    /// A ledger as an experiment sets it; see [`Ledger::SETTINGS`].
    ///
    /// # Errors
    /// [`SettingError`] for a value that does not fit.
    pub fn build(settings: &mut Settings) -> Result<Self, SettingError> {
        Ok(Self::new(Economy::build(settings)?))
    }

    /// A ledger without accounts; they are opened when the first network is seen.
    pub fn new(economy: Economy) -> Self {
        let supply = economy.supply;
        Self { economy, state: LedgerState { base: supply, supply, mean_cost: 1.0, ..LedgerState::default() } }
    }

    /// How the economy is run.
    pub fn economy(&self) -> &Economy {
        &self.economy
    }

    /// The signals of [`Ledger::advance`].
    pub fn needs(&self) -> Vec<Signal> {
        let mut needs = self.economy.costs.needs();
        needs.extend((self.economy.competition > 0.0).then_some(Signal::Utility));
        needs
    }

    /// Another supply S₀ from now on: drought or plenty.
    pub fn resupply(&mut self, supply: f64) {
        (self.state.base, self.state.supply) = (supply, supply);
    }

    /// What the supply may depend on: the step, the loss (of training, or of validation where it was just measured) and the
    /// accuracy in 0 to 1 if the task has one. To be told before [`Ledger::advance`]; a ledger that is told nothing keeps its
    /// supply. What is not a finite number changes nothing that it remembers.
    pub fn sense(&mut self, step: u64, loss: f64, accuracy: Option<f64>) {
        let LedgerState { base, senses, .. } = &mut self.state;
        self.state.supply = self.economy.source.sense(senses, *base, step, loss, accuracy);
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
        let utilities = signals.values(Signal::Utility);
        let utility = |row: usize| {
            let value = utilities.get(row).copied().unwrap_or(0.0);
            if value.is_finite() { f64::from(value.max(0.0)) } else { 0.0 }
        };
        let cost_of = self.economy.costs.of(network, signals);
        let (mut count, mut cost, mut useful) = (0_usize, 0.0, 0.0);
        for (row, account) in self.state.accounts.iter_mut().enumerate() {
            let Some(account) = account else { continue };
            account.cost = cost_of(row);
            (count, cost, useful) = (count + 1, cost + account.cost, useful + utility(row));
        }
        if count == 0 {
            return;
        }
        if self.economy.unit == Unit::Mean && cost > 0.0 {
            let mean = cost / count as f64;
            cost = 0.0;
            for account in self.state.accounts.iter_mut().flatten() {
                account.cost /= mean;
                cost += account.cost;
            }
        }
        let (supply, competition) = (self.state.supply, self.economy.competition);
        let basic = if cost > 0.0 { ((1.0 - competition) * supply / cost).min(1.0) } else { 0.0 };
        let mut books = self.state.books;
        books.steps += steps;
        for (row, account) in self.state.accounts.iter_mut().enumerate() {
            let Some(account) = account else { continue };
            let part = if useful > 0.0 { utility(row) / useful } else { 1.0 / count as f64 };
            account.income = basic * account.cost + competition * supply * part;
            let income = account.income * steps as f64;
            let cost = account.cost * steps as f64;
            books.income += income;
            books.cost += cost;
            account.settle(account.store + income - cost, self.economy.capacity, &mut books);
            account.age += steps;
            account.empty = if account.store > 0.0 { 0 } else { account.empty + steps };
        }
        self.state.books = books;
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
    /// The account of a neuron, if it has one.
    pub fn account_of(&self, row: Row<Neurons>) -> Option<AccountView> {
        self.account(row).map(Account::view)
    }
    /// How full the store of a neuron is, from 0 to 1; `None` for those without an account.
    pub fn filling(&self, row: Row<Neurons>) -> Option<f64> {
        self.account(row).map(|account| account.store / self.economy.capacity)
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
            let store = self.store();
            self.state.books.endow(store);
        }
    }

    fn endow(&self) -> Account {
        Account { store: self.economy.endowment, cost: self.state.mean_cost, ..Account::default() }
    }

    /// The division is paid by the mother, and what is left is halved.
    fn charge_division(&mut self, mother: Option<usize>) -> Account {
        let price = self.division_cost();
        let (books, capacity) = (&mut self.state.books, self.economy.capacity);
        books.divide(price);
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
        self.state.books.lose(left);
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
                self.state.books.endow(self.economy.endowment);
                self.endow()
            });
        }
        self.state.epoch = Some(commit.after);
    }
}
