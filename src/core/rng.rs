//! Random decisions: a hash of what is decided about, or a stream from a seed.
//!
//! Only integers and `libm`, so that every machine and WebAssembly draw the same.

/// A well mixed 64-bit hash of a number.
///
/// # Source
/// The finaliser of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
/// generators", 2014).
pub const fn mix(value: u64) -> u64 {
    let z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number in [0, 1) from the upper 53 bits of a hash.
pub const fn unit(hash: u64) -> f64 {
    (hash >> 11) as f64 / (1_u64 << 53) as f64
}

/// A stream of random numbers: SplitMix64.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// The stream of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        let out = mix(self.0);
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        out
    }

    /// A number in [0, 1).
    pub fn unit(&mut self) -> f64 {
        unit(self.next_u64())
    }

    /// A number in `0..bound`; 0 when `bound` is 0. Biased by less than 2⁻³².
    pub fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(bound) * (self.next_u64() >> 32)) >> 32) as u32
    }

    /// True in `probability` of all calls.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }
}

/// Zipf's law over ranks `0..count`: rank `i` comes with weight `(i + 1)^-exponent`.
///
/// # Source
/// Hörmann and Derflinger, "Rejection-inversion to generate variates from monotone discrete
/// distributions", 1996. Constant memory and time for any count and exponent.
#[derive(Clone, Debug)]
pub struct Zipf {
    count: u32,
    exponent: f64,
    upper: f64,
    lower: f64,
    shortcut: f64,
}

impl Zipf {
    /// The law over `count ≥ 1` ranks with `exponent ≥ 0`.
    pub fn new(count: u32, exponent: f64) -> Self {
        debug_assert!(count >= 1 && exponent >= 0.0);
        let lower = integral(1.5, exponent) - 1.0;
        let upper = integral(f64::from(count) + 0.5, exponent);
        let shortcut = 2.0 - inverse(integral(2.5, exponent) - density(2.0, exponent), exponent);
        Self { count, exponent, upper, lower, shortcut }
    }

    /// Draws a rank.
    pub fn draw(&self, rng: &mut Rng) -> u32 {
        if self.exponent == 0.0 {
            return rng.below(self.count);
        }
        loop {
            let area = self.upper + rng.unit() * (self.lower - self.upper);
            let point = inverse(area, self.exponent);
            let rank = libm::floor(point + 0.5).clamp(1.0, f64::from(self.count));
            if rank - point <= self.shortcut
                || area >= integral(rank + 0.5, self.exponent) - density(rank, self.exponent)
            {
                return rank as u32 - 1;
            }
        }
    }
}

fn density(x: f64, exponent: f64) -> f64 {
    libm::exp(-exponent * libm::log(x))
}

/// The integral of the density from 1 to x.
fn integral(x: f64, exponent: f64) -> f64 {
    let log = libm::log(x);
    expm1_over((1.0 - exponent) * log) * log
}

fn inverse(area: f64, exponent: f64) -> f64 {
    let t = (area * (1.0 - exponent)).max(-1.0);
    libm::exp(log1p_over(t) * area)
}

/// (e^x − 1) / x, also near 0.
fn expm1_over(x: f64) -> f64 {
    if x.abs() > 1e-8 { libm::expm1(x) / x } else { 1.0 + x / 2.0 }
}

/// ln(1 + x) / x, also near 0.
fn log1p_over(x: f64) -> f64 {
    if x.abs() > 1e-8 { libm::log1p(x) / x } else { 1.0 - x / 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SplitMix64 from seed 0 and from 1234567: the values of its reference implementation.
    #[test]
    fn the_stream_is_splitmix64() {
        let mut rng = Rng::new(0);
        assert_eq!(rng.next_u64(), 0xe220_a839_7b1d_cdaf);
        let mut rng = Rng::new(1_234_567);
        assert_eq!(rng.next_u64(), 6_457_827_717_110_365_317);
        assert_eq!(rng.next_u64(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn zipf_follows_its_weights() {
        for exponent in [0.0, 0.6, 1.0, 2.0] {
            let (count, draws) = (50_u32, 200_000);
            let zipf = Zipf::new(count, exponent);
            let mut rng = Rng::new(7);
            let mut seen = vec![0_u32; count as usize];
            for _ in 0..draws {
                seen[zipf.draw(&mut rng) as usize] += 1;
            }
            let weight = |rank: u32| libm::pow(f64::from(rank + 1), -exponent);
            let total: f64 = (0..count).map(weight).sum();
            for rank in 0..count {
                let expected = weight(rank) / total * f64::from(draws);
                let error = (f64::from(seen[rank as usize]) - expected).abs();
                assert!(error < 5.0 * expected.sqrt() + 1.0, "{exponent} {rank} {expected}");
            }
        }
    }

    #[test]
    fn zipf_of_one_rank_is_that_rank() {
        let mut rng = Rng::new(1);
        assert!((0..100).all(|_| Zipf::new(1, 1.2).draw(&mut rng) == 0));
    }
}
