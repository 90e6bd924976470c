//! How much is rewired in one asking.

/// How many connections change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    /// This share of those there.
    Fraction(f32),
    /// `alpha / 2 · (1 + cos(π t / T))` of those there, T being the share `until` of the run; nothing
    /// afterwards. In a run without end it stays `alpha`.
    Cosine {
        /// The share at the beginning.
        alpha: f32,
        /// The part of the run after which nothing changes, in (0, 1].
        until: f32,
    },
    /// This many.
    Count(u64),
    /// As many go or come as lead to this share of the pairs in reach.
    Density(f32),
}

impl Amount {
    /// The share that changes at `step`, where this is a share.
    pub fn fraction(&self, step: u64, end: Option<u64>) -> Option<f32> {
        match *self {
            Self::Fraction(share) => Some(share),
            Self::Cosine { alpha, until } => Some(match end {
                Some(end) => {
                    let progress = step as f64 / (end as f64 * f64::from(until)).max(1.0);
                    if progress < 1.0 {
                        (f64::from(alpha) / 2.0 * (1.0 + libm::cos(std::f64::consts::PI * progress))) as f32
                    } else {
                        0.0
                    }
                }
                None => alpha,
            }),
            Self::Count(_) | Self::Density(_) => None,
        }
    }

    /// How many go and how many come, of `present` connections on `pairs` pairs of a network that has
    /// `all` connections.
    pub(super) fn due(
        &self,
        (present, all, pairs): (usize, usize, u64),
        step: u64,
        end: Option<u64>,
    ) -> (usize, usize) {
        let both = |count: usize| (count, count);
        match *self {
            Self::Fraction(_) | Self::Cosine { .. } => {
                // Truncated, as in the papers' code; the small addition keeps 0.3 · 10 at 3.
                both((present as f64 * f64::from(self.fraction(step, end).unwrap_or(0.0)) + 1e-4) as usize)
            }
            Self::Count(count) => both(((count as usize).saturating_mul(present) / all.max(1)).min(present)),
            Self::Density(density) => {
                let wanted = (pairs as f64 * f64::from(density)).round() as usize;
                (present.saturating_sub(wanted), wanted.saturating_sub(present))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cosine_goes_from_alpha_to_nothing() {
        let amount = Amount::Cosine { alpha: 0.3, until: 0.75 };
        let at = |step| amount.fraction(step, Some(1000)).unwrap();
        assert!((at(0) - 0.3).abs() < 1e-6 && (at(375) - 0.15).abs() < 1e-6);
        assert_eq!((at(750), at(999)), (0.0, 0.0));
        assert_eq!(amount.fraction(10_000, None), Some(0.3));
    }

    #[test]
    fn shares_are_truncated_and_densities_go_one_way() {
        assert_eq!(Amount::Fraction(0.3).due((10, 20, 40), 0, None), (3, 3));
        assert_eq!(Amount::Fraction(0.3).due((9, 20, 40), 0, None), (2, 2));
        assert_eq!(Amount::Count(10).due((5, 20, 40), 0, None), (2, 2));
        assert_eq!(Amount::Density(0.5).due((5, 20, 40), 0, None), (0, 15));
        assert_eq!(Amount::Density(0.1).due((5, 20, 40), 0, None), (1, 0));
    }
}
