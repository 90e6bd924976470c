//! Whether a job that waits can ever start, as far as Slurm's reason tells.

use serde::Serialize;

/// What comes of waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outlook {
    /// It starts when there is room.
    Waits,
    /// Somebody has to release it.
    Held,
    /// It cannot start as it was asked for.
    Never,
}

/// Reasons that stay until the request or the cluster is changed by hand.
const NEVER: [&str; 14] = [
    "AccountNotAllowed",
    "BadConstraints",
    "DependencyNeverSatisfied",
    "InvalidAccount",
    "InvalidQOS",
    "MaxMemPerLimit",
    "PartitionConfig",
    "PartitionNodeLimit",
    "PartitionTimeLimit",
    "QOSNotAllowed",
    "QOSMinCpuNotSatisfied",
    "QOSMinGRES",
    "QOSMinMemory",
    "ReservationDeleted",
];
const HELD: [&str; 5] =
    ["JobHeldAdmin", "JobHeldUser", "JobHoldMaxRequeue", "launch failed requeued held", "job requeued in held state"];

impl Outlook {
    /// Of one of the reasons that `squeue` knows.
    pub fn of(reason: &str) -> Self {
        let reason = reason.trim_matches(['(', ')']);
        // Limits of one job, such as AssocMaxCpuPerJobLimit, are not met by waiting; those of a group are.
        if NEVER.contains(&reason) || reason.contains("PerJob") {
            return Self::Never;
        }
        if HELD.contains(&reason) { Self::Held } else { Self::Waits }
    }

    /// What may be done about it.
    pub fn mend(self) -> Option<&'static str> {
        match self {
            Self::Waits => None,
            Self::Held => Some("`scontrol release` lets it go"),
            Self::Never => {
                Some("it will not start as it was asked for; the same sweep command with other options replaces it")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_tell_what_waiting_brings() {
        for reason in ["Resources", "Priority", "BeginTime", "JobArrayTaskLimit", "AssocGrpCpuLimit", "Dependency"] {
            assert_eq!(Outlook::of(reason), Outlook::Waits, "{reason}");
        }
        for reason in ["PartitionConfig", "(DependencyNeverSatisfied)", "QOSMaxCpuPerJobLimit", "BadConstraints"] {
            assert_eq!(Outlook::of(reason), Outlook::Never, "{reason}");
        }
        assert_eq!(Outlook::of("JobHeldUser"), Outlook::Held);
        assert!(Outlook::Waits.mend().is_none() && Outlook::Never.mend().is_some());
    }
}
