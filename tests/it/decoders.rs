//! The decoders on good inputs and on mutations of them: counted, the same every time. Longer and
//! guided by coverage: `cargo xtask fuzz`.

use doorstep_tests::decoders::{DECODERS, Decoder};

/// Mutations of each decoder's seeds.
const MUTATIONS: u64 = 3_000;
/// Pieces that decoders look for.
const WORDS: [&[u8]; 14] = [
    b"null",
    b"-1",
    b"0",
    b"18446744073709551616",
    b"1e400",
    b"{}",
    b"[]",
    b"\"\"",
    b"\\u0000",
    b"\\ud800",
    b"\xff\xfe",
    b"\x00",
    b"\"absent\":\"erased\"",
    b"\r\n",
];

#[test]
fn every_decoder_takes_its_seeds_and_whatever_they_become() {
    for decoder in DECODERS {
        let seeds = (decoder.seeds)();
        assert!(!seeds.is_empty());
        for seed in &seeds {
            (decoder.decode)(seed);
        }
        for number in 0..MUTATIONS {
            let input = mutated(&seeds, number);
            let decoded = std::panic::catch_unwind(|| (decoder.decode)(&input));
            assert!(decoded.is_ok(), "{}", told(&decoder, number, &input));
        }
    }
}

/// A failure is repeated by its number.
fn told(decoder: &Decoder, number: u64, input: &[u8]) -> String {
    let text = String::from_utf8_lossy(input);
    format!("decoder `{}`, mutation {number}: {text}", decoder.name)
}

/// One of the seeds with one to eight changes.
fn mutated(seeds: &[Vec<u8>], number: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(number);
    let mut bytes = seeds[random.usize(..seeds.len())].clone();
    for _ in 0..random.u8(1..=8) {
        let at = random.usize(..=bytes.len());
        let end = at + random.usize(..=(bytes.len() - at).min(64));
        match random.u8(..6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.u8(..8),
            1 if at < bytes.len() => bytes[at] = random.u8(..),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let word = WORDS[random.usize(..WORDS.len())];
                bytes.splice(at..end, word.iter().copied());
            }
            4 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => {
                let other = &seeds[random.usize(..seeds.len())];
                let from = random.usize(..=other.len());
                let to = from + random.usize(..=(other.len() - from).min(200));
                bytes.splice(at..end, other[from..to].iter().copied());
            }
        }
    }
    bytes
}
