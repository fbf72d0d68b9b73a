//! The minimum of a smooth function of a few variables, without derivatives.

/// Steps at most from one start.
const STEPS: usize = 2_000;
/// Starts at most, each from where the last one ended.
const STARTS: usize = 4;
/// Values nearer to each other than this share are one.
const TOLERANCE: f64 = 1e-11;
/// Points nearer to each other than this are one.
const WIDTH: f64 = 1e-5;
/// How far the first points lie from a start that is a guess, and from one that is near the end.
pub(super) const WIDE: f64 = 0.5;
pub(super) const NEAR: f64 = 0.05;

/// The minimum by the method of Nelder and Mead (1965), started again from where it ended until that gains nothing.
/// A value that is not a number counts as endlessly large. The first points lie `reach` from the start.
pub(super) fn minimum<const N: usize>(
    start: [f64; N],
    reach: f64,
    mut value: impl FnMut(&[f64; N]) -> f64,
) -> ([f64; N], f64) {
    let mut at = |point: &[f64; N]| {
        let value = value(point);
        if value.is_nan() { f64::INFINITY } else { value }
    };
    let (mut best, mut reach) = ((start, at(&start)), reach);
    for _ in 0..STARTS {
        let found = descend(best.0, reach, &mut at);
        reach = reach.min(NEAR);
        let gained = best.1 - found.1;
        best = if found.1 <= best.1 { found } else { best };
        if gained <= TOLERANCE * best.1.abs() {
            break;
        }
    }
    best
}

fn descend<const N: usize>(start: [f64; N], reach: f64, value: &mut impl FnMut(&[f64; N]) -> f64) -> ([f64; N], f64) {
    let mut simplex: Vec<([f64; N], f64)> = vec![(start, value(&start))];
    for axis in 0..N {
        let mut point = start;
        point[axis] += reach;
        simplex.push((point, value(&point)));
    }
    for _ in 0..STEPS {
        simplex.sort_by(|a, b| a.1.total_cmp(&b.1));
        let (least, worst) = (simplex[0].1, simplex[N].1);
        let width = simplex.iter().flat_map(|(point, _)| point.iter().zip(&simplex[0].0)).map(|(a, b)| (a - b).abs());
        if worst - least <= TOLERANCE * least.abs() && width.fold(0.0, f64::max) < WIDTH {
            break;
        }
        let centre: [f64; N] =
            std::array::from_fn(|axis| simplex[..N].iter().map(|(point, _)| point[axis]).sum::<f64>() / N as f64);
        let from = simplex[N].0;
        let mut towards = |share: f64| {
            let point: [f64; N] = std::array::from_fn(|axis| centre[axis] + share * (from[axis] - centre[axis]));
            (point, value(&point))
        };
        let mirrored = towards(-1.0);
        let next = if mirrored.1 < least {
            let further = towards(-2.0);
            if further.1 < mirrored.1 { further } else { mirrored }
        } else if mirrored.1 < simplex[N - 1].1 {
            mirrored
        } else {
            let nearer = if mirrored.1 < worst { towards(-0.5) } else { towards(0.5) };
            if nearer.1 < worst.min(mirrored.1) {
                nearer
            } else {
                let best = simplex[0].0;
                for (point, of) in &mut simplex[1..] {
                    *point = std::array::from_fn(|axis| 0.5 * (point[axis] + best[axis]));
                    *of = value(point);
                }
                continue;
            }
        };
        simplex[N] = next;
    }
    simplex.sort_by(|a, b| a.1.total_cmp(&b.1));
    simplex[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_valley_is_followed_to_its_end() {
        let (point, least) = minimum([-1.2, 1.0], WIDE, |[x, y]| (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2));
        assert!(least < 1e-12 && (point[0] - 1.0).abs() < 1e-5, "{point:?} {least}");
    }
}
