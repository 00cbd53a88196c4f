//! Kafka's partitioner: which partition a key belongs to.
//!
//! # Source
//! Kafka, `org.apache.kafka.common.utils.Utils.murmur2` and `BuiltInPartitioner`.

/// The 32-bit murmur2 hash that Kafka takes of a key's bytes, as Kafka prints it (signed).
pub fn murmur2(bytes: &[u8]) -> i32 {
    const M: u32 = 0x5bd1_e995;
    const R: u32 = 24;
    let mut hash = 0x9747_b28c_u32 ^ bytes.len() as u32;
    let (words, rest) = bytes.as_chunks::<4>();
    for word in words {
        let mut k = u32::from_le_bytes(*word).wrapping_mul(M);
        k = (k ^ (k >> R)).wrapping_mul(M);
        hash = hash.wrapping_mul(M) ^ k;
    }
    if !rest.is_empty() {
        for (index, byte) in rest.iter().enumerate() {
            hash ^= u32::from(*byte) << (8 * index);
        }
        hash = hash.wrapping_mul(M);
    }
    hash = (hash ^ (hash >> 13)).wrapping_mul(M);
    (hash ^ (hash >> 15)) as i32
}

/// The partition, `0..partitions`, of a key. `partitions` is at least 1.
///
/// ```
/// use convoy_lab::core::partitioner::partition;
/// assert_eq!(partition("customer-42", 6), 3);
/// ```
pub fn partition(key: &str, partitions: u32) -> u32 {
    partition_of_hash(murmur2(key.as_bytes()), partitions)
}

/// The partition of a key whose hash is known.
pub fn partition_of_hash(hash: i32, partitions: u32) -> u32 {
    (hash as u32 & 0x7fff_ffff) % partitions
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kafka, UtilsTest.testMurmur2, and the vectors of the conformance page.
    #[test]
    fn kafkas_vectors() {
        for (key, hash) in [
            ("21", -973_932_308),
            ("foobar", -790_332_482),
            ("a-little-bit-long-string", -985_981_536),
            ("a-little-bit-longer-string", -1_486_304_829),
            ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
            ("abc", 479_470_107),
        ] {
            assert_eq!(murmur2(key.as_bytes()), hash, "{key}");
        }
        for (key, partitions) in [("customer-42", [0, 3, 9]), ("order-1", [1, 4, 10])] {
            assert_eq!([3, 6, 12].map(|n| partition(key, n)), partitions, "{key}");
        }
    }
}
