//! Fire groups and their reach, from `[network]`.

use super::{
    checked::Birthright,
    document::Document,
    error::{ConfigError, nearest},
    raw::{Experiment, Group, NormName, Output, ReachTable},
};
use crate::Registry;
use livenet_core::{Activation, FireGroup, GroupId, Norm, Reach, Role, Unit, UnitKind};

fn unit(document: &Document, key: &str, name: &str, registry: &Registry) -> Result<Unit, ConfigError> {
    let (kind, activation) = name.strip_prefix("leaky-").map_or((UnitKind::Rate, name), |rest| (UnitKind::Leaky, rest));
    if let Ok(activation) = Activation::parse(activation, registry.activations()) {
        return Ok(Unit { kind, activation });
    }
    let names = registry.activation_names();
    let help = nearest(activation, names.iter().copied()).map(|meant| format!("did you mean `{meant}`?"));
    Err(document.fault(
        key,
        format!("no activation is called `{activation}`; known are {}, each also as `leaky-...`", names.join(", ")),
        help,
    ))
}

pub(super) fn build_groups(
    document: &Document,
    experiment: &Experiment,
    registry: &Registry,
) -> Result<Vec<FireGroup>, ConfigError> {
    let network = &experiment.network;
    let mut names: Vec<&str> = vec!["input"];
    names.extend(network.group.iter().map(|group| group.name.as_str()));
    names.push("output");
    for (at, name) in names.iter().enumerate() {
        if names[..at].contains(name) || name.is_empty() {
            return Err(document.fault(
                "network.group",
                format!("two groups are called `{name}`"),
                "give every group a name of its own; `input` and `output` are taken".to_owned(),
            ));
        }
    }
    let reach = |key: &str, table: &ReachTable| -> Result<Reach, ConfigError> {
        let mut groups = Vec::new();
        for name in &table.groups {
            let Some(at) = names.iter().position(|known| known == name) else {
                let help = nearest(name, names.iter().copied()).map(|meant| format!("did you mean `{meant}`?"));
                return Err(document.fault(
                    key,
                    format!("no group is called `{name}`; there are {}", names.join(", ")),
                    help,
                ));
            };
            groups.push(GroupId::new(at as u16));
        }
        if let Some(within) = table.within.filter(|within| *within < 0.0) {
            let help = "give a distance of at least 0, or leave `within` out".to_owned();
            return Err(document.fault(&format!("{key}.within"), format!("found {within}"), help));
        }
        Ok(Reach { groups, within: table.within, max_delay: table.max_delay, itself: table.itself })
    };
    let norm = |name| match name {
        NormName::None => Norm::None,
        NormName::Layer => Norm::Layer,
        NormName::Rms => Norm::Rms,
    };
    let linear = Unit { kind: UnitKind::Rate, activation: Activation::Linear };
    let mut groups = vec![FireGroup {
        name: "input".into(),
        role: Role::Input,
        unit: linear,
        norm: Norm::None,
        reach: Reach::nobody(),
    }];
    for (at, group) in network.group.iter().enumerate() {
        let key = |rest: &str| format!("network.group.{at}.{rest}");
        check_group(document, &key(""), group)?;
        groups.push(FireGroup {
            name: group.name.clone(),
            role: Role::Hidden,
            unit: unit(document, &key("unit"), &group.unit, registry)?,
            norm: norm(group.norm),
            reach: reach(&key("reach"), &group.reach)?,
        });
    }
    let Output { unit: output_unit, norm: output_norm, reach: output_reach } = &network.output;
    let before = GroupId::new(groups.len() as u16 - 1);
    groups.push(FireGroup {
        name: "output".into(),
        role: Role::Output,
        unit: unit(document, "network.output.unit", output_unit, registry)?,
        norm: norm(*output_norm),
        reach: match output_reach {
            Some(table) => reach("network.output.reach", table)?,
            None => Reach::groups([before]),
        },
    });
    Ok(groups)
}

fn check_group(document: &Document, key: &str, group: &Group) -> Result<(), ConfigError> {
    let key = key.trim_end_matches('.');
    if !(group.decay > 0.0 && group.decay < 1.0) {
        return Err(document.fault(
            &format!("{key}.decay"),
            format!("found {}", group.decay),
            "give a decay strictly between 0 and 1".to_owned(),
        ));
    }
    if !group.bias.is_finite() {
        return Err(document.fault(
            &format!("{key}.bias"),
            format!("found {}", group.bias),
            "give a finite bias".to_owned(),
        ));
    }
    Ok(())
}

/// Refuses what can never learn: outputs that no path of reach connects with the inputs.
pub(super) fn check_paths(
    document: &Document,
    experiment: &Experiment,
    groups: &[FireGroup],
    birthrights: &[Birthright],
) -> Result<(), ConfigError> {
    let mut heard = vec![false; groups.len()];
    heard[0] = true;
    for _ in groups {
        for (at, group) in groups.iter().enumerate() {
            // A group without neurons passes nothing on.
            heard[at] |= birthrights[at].neurons > 0 && group.reach.groups.iter().any(|from| heard[from.index()]);
        }
    }
    let key = if experiment.network.output.reach.is_some() { "network.output.reach" } else { "network.group" };
    if heard[groups.len() - 1] {
        Ok(())
    } else {
        let list: Vec<&str> =
            groups.iter().zip(&heard).filter(|(_, heard)| **heard).map(|(group, _)| group.name.as_str()).collect();
        let message = format!(
            "no path of reach leads from the inputs to the outputs; the inputs' voice gets as far as {}",
            list.join(", ")
        );
        Err(document.fault(
            key,
            message,
            "let each group on the way list the one before it in `reach.groups`, and have neurons".to_owned(),
        ))
    }
}
