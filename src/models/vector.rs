//! Loops over floats, compiled twice: for any processor, and for x86-64 with AVX2, which is chosen when the program runs.
//! Neither contracts or reorders anything, so that both give the same bits.
#![allow(clippy::inline_always, reason = "only what is inlined is compiled twice")]

/// A loop that wide registers speed up. [`Self::run`], and what it calls, must be `#[inline(always)]`: only what is inlined
/// is compiled twice.
pub trait Kernel {
    /// What it gives.
    type Output;

    /// Runs it.
    fn run(self) -> Self::Output;
}

/// Runs a kernel on the widest registers that this machine has.
pub fn on_widest<K: Kernel>(kernel: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        #[allow(unsafe_code, reason = "AVX2 has just been detected, which is all that the function asks for")]
        return unsafe { on_avx2(kernel) };
    }
    kernel.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn on_avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

/// The dot product, in eight lanes so that it vectorises and always adds in the same order.
#[inline(always)]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 8];
    let (a_chunks, b_chunks) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(x, y)| x * y).sum();
    for (a, b) in a_chunks.zip(b_chunks) {
        for (lane, (x, y)) in lanes.iter_mut().zip(a.iter().zip(b)) {
            *lane += x * y;
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// `to += scale · from`.
#[inline(always)]
pub fn add_scaled(to: &mut [f32], from: &[f32], scale: f32) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += scale * from;
    }
}

/// `out = matrix · vector` for a symmetric matrix.
#[inline(always)]
pub fn multiply(out: &mut [f32], matrix: &[f32], vector: &[f32]) {
    out.fill(0.0);
    for (&x, line) in vector.iter().zip(matrix.chunks(vector.len())) {
        add_scaled(out, line, x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Mixed<'a>(&'a [f32], &'a [f32]);

    impl Kernel for Mixed<'_> {
        type Output = (Vec<f32>, f32);

        #[inline(always)]
        fn run(self) -> Self::Output {
            let mut sum = self.0.to_vec();
            add_scaled(&mut sum, self.1, 1.1);
            let mut product = vec![0.0; 7];
            multiply(&mut product, &self.0[..49], &self.1[..7]);
            sum.extend(product);
            (sum, dot(self.0, self.1))
        }
    }

    #[test]
    fn wide_and_narrow_registers_give_the_same_bits() {
        for length in [49, 64, 100, 1001] {
            let a: Vec<f32> = (0..length).map(|at| ((at * 7919) % 1013) as f32 / 7.0 - 60.0).collect();
            let b: Vec<f32> = (0..length).map(|at| ((at * 104_729) % 997) as f32 / 3.0).collect();
            let (wide, narrow) = (on_widest(Mixed(&a, &b)), Mixed(&a, &b).run());
            let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            assert_eq!((bits(&wide.0), wide.1.to_bits()), (bits(&narrow.0), narrow.1.to_bits()));
        }
    }
}
