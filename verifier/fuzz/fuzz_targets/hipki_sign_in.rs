#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| chop_verifier_fuzz::hipki_sign_in(data));
