#![no_main]

use std::sync::{LazyLock, Mutex};

use chop_service::fuzz::Desk;

// Everything that is kept between inputs (grants, tickets, cool-down) is what an agent keeps, too.
static DESK: LazyLock<Mutex<Desk>> = LazyLock::new(|| {
    let made = rcgen::generate_simple_self_signed(vec!["card".to_owned()]).expect("it is made");
    Mutex::new(Desk::new(made.cert.der(), &made.signing_key.serialize_der()))
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = DESK.lock().expect("nothing panics").connection(data);
});
