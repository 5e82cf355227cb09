//! See `doorstep_tests::decoders`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    doorstep_tests::decoders::decode("verify", bytes);
});
