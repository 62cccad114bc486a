#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| chop_verifier_fuzz::document(data));
