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
/// Over the curve of the weights stands a staircase: steps one rank wide where the curve is
/// steep, wider where it is flat. A point under the stairs is drawn; it is nearly always under the
/// curve too, and else another one is drawn. So a draw costs a few multiplications and a look into
/// small tables, however many ranks there are.
///
/// # Source
/// Rejection from a staircase: Devroye, "Non-uniform random variate generation", 1986, II.3; the
/// guide table into the steps: the same, III.2.4. The steps' widths are our choice.
#[derive(Clone, Debug)]
pub struct Zipf {
    exponent: f64,
    steps: Vec<Step>,
    /// By the part of the whole area, the first step that reaches into it.
    guide: Vec<u32>,
    area: f64,
}

/// Some neighbouring ranks, as wide as they are many and as high as the first one's weight.
#[derive(Clone, Copy, Debug)]
struct Step {
    /// The area under the steps before.
    begins: f64,
    height: f64,
    /// The last rank's weight as a share of the first one's.
    last: f64,
    rank: u32,
    width: u32,
}

/// A step is this part of its first rank wide, so that it is at most exponent × 1/64 too high.
const STEP: u32 = 64;

/// Parts of the area that the guide tells apart, for each step.
const GUIDE: usize = 2;

impl Zipf {
    /// The law over `count ≥ 1` ranks with `exponent ≥ 0`.
    pub fn new(count: u32, exponent: f64) -> Self {
        debug_assert!(count >= 1 && exponent >= 0.0);
        let (mut steps, mut area, mut rank) = (Vec::new(), 0.0, 0);
        while rank < count {
            let width = if exponent == 0.0 { count } else { (rank / STEP).max(1) };
            let width = width.min(count - rank);
            let height = weight(rank, exponent);
            let last = weight(rank + width - 1, exponent) / height;
            steps.push(Step { begins: area, height, last, rank, width });
            area += height * f64::from(width);
            rank += width;
        }
        let cells = steps.len() * GUIDE;
        let cell = |index: usize| area * index as f64 / cells as f64;
        let first = |at: f64| steps.partition_point(|step| step.begins <= at) - 1;
        let guide = (0..cells).map(|index| first(cell(index)) as u32).collect();
        Self { exponent, steps, guide, area }
    }

    /// Draws a rank.
    pub fn draw(&self, rng: &mut Rng) -> u32 {
        loop {
            let share = rng.unit();
            let at = share * self.area;
            let part = (share * self.guide.len() as f64) as usize;
            let mut index = self.guide[part.min(self.guide.len() - 1)] as usize;
            while self.steps.get(index + 1).is_some_and(|next| next.begins <= at) {
                index += 1;
            }
            let step = &self.steps[index];
            // How far into the step; what is left of that behind a rank is how high in its column.
            let across = ((at - step.begins) / step.height).max(0.0);
            let column = (across as u32).min(step.width - 1);
            let up = across - f64::from(column);
            let rank = step.rank + column;
            if up <= step.last || up * step.height <= weight(rank, self.exponent) {
                return rank;
            }
        }
    }
}

fn weight(rank: u32, exponent: f64) -> f64 {
    libm::exp(-exponent * libm::log(f64::from(rank) + 1.0))
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
        for (exponent, count) in [0.0, 0.6, 1.0, 2.0].into_iter().flat_map(|e| [(e, 50), (e, 400)])
        {
            let draws = 400_000;
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
