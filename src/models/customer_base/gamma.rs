//! The logarithm of the gamma function.

/// Stirling's series is good to the last digit from here on.
const FAR: f64 = 10.0;

/// `ln Γ(x)` for `x > 0`: Stirling's series, reached by the recurrence `Γ(x + 1) = x·Γ(x)`.
pub(super) fn ln_gamma(x: f64) -> f64 {
    let (mut at, mut product) = (x, 1.0);
    while at < FAR {
        product *= at;
        at += 1.0;
    }
    let inverse = 1.0 / at;
    let square = inverse * inverse;
    let series = inverse
        * (1.0 / 12.0
            - square
                * (1.0 / 360.0
                    - square
                        * (1.0 / 1260.0
                            - square * (1.0 / 1680.0 - square * (1.0 / 1188.0 - square * 691.0 / 360_360.0)))));
    (at - 0.5) * at.ln() - at + 0.5 * std::f64::consts::TAU.ln() + series - product.ln()
}

/// `ln B(a, b)`.
pub(super) fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scipy.special.gammaln`.
    #[test]
    fn as_scipy() {
        for (x, expected) in [
            (1e-8, 18.420_680_738_180_21),
            (0.5, 0.572_364_942_924_700_1),
            (1.0, 0.0),
            (3.7, 1.428_072_326_665_388_3),
            (150.5, 602.513_954_870_585_3),
        ] {
            assert!((ln_gamma(x) - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{x}: {}", ln_gamma(x));
        }
    }
}
