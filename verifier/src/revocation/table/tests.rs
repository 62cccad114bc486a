use super::*;

fn entry(number: u32) -> ([u8; 8], Revoked) {
    // Spread over the whole space, in no order.
    let mixed = u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let revoked = Revoked {
        date: Moment(i64::from(number)),
        reason: u8::try_from(number % 7).unwrap(),
    };
    (mixed.to_be_bytes(), revoked)
}

fn fill(mut builder: Builder, count: u32) -> Builder {
    for number in 0..count {
        let (serial, revoked) = entry(number);
        let serial = &serial;
        assert!(builder.push(Key { issuer: 0, serial }, revoked).unwrap());
    }
    builder
}

fn check(table: &Table, count: u32) {
    assert_eq!(table.count(), u64::from(count));
    for number in 0..count + 500 {
        let (serial, revoked) = entry(number);
        let found = table
            .find(Key {
                issuer: 0,
                serial: &serial,
            })
            .unwrap();
        assert_eq!(found, (number < count).then_some(revoked), "{number}");
        // The same number of another issuer is another certificate.
        let other = table
            .find(Key {
                issuer: 1,
                serial: &serial,
            })
            .unwrap();
        assert_eq!(other, None);
    }
}

#[test]
fn what_is_in_memory_is_found_and_nothing_else() {
    for count in [0, 1, 31, 32, 33, 64, 1000] {
        check(&fill(Builder::in_memory(), count).finish(), count);
    }
}

#[test]
fn what_is_in_a_file_is_found_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    for count in [0, 1, 33, 200_000] {
        let scratch = folder.path().join("scratch");
        let builder = fill(Builder::with_scratch(scratch.clone()).unwrap(), count);
        let mut file = File::create_new(folder.path().join(count.to_string())).unwrap();
        io::Write::write_all(&mut file, b"before").unwrap();
        let (fences, written, length) = builder.write(&mut file).unwrap();
        assert_eq!(written, u64::from(count));
        assert!(!scratch.exists());
        let file = File::open(folder.path().join(count.to_string())).unwrap();
        check(&Table::in_file(file, 6, length, fences, written), count);
    }
}

#[test]
fn one_that_is_in_it_twice_is_revoked_if_either_says_so() {
    let removed = Revoked {
        date: Moment(1),
        reason: Revoked::REMOVED,
    };
    let revoked = Revoked {
        date: Moment(2),
        reason: 1,
    };
    for order in [[removed, revoked], [revoked, removed]] {
        let mut builder = Builder::in_memory();
        for one in order {
            builder
                .push(
                    Key {
                        issuer: 0,
                        serial: b"1",
                    },
                    one,
                )
                .unwrap();
        }
        let table = builder.finish();
        assert_eq!(table.count(), 1);
        assert_eq!(
            table
                .find(Key {
                    issuer: 0,
                    serial: b"1"
                })
                .unwrap(),
            Some(revoked)
        );
    }
}

#[test]
fn a_serial_number_longer_than_any_is_neither_taken_nor_found() {
    let (long, revoked) = ([1; MAX_SERIAL + 1], entry(1).1);
    let key = Key {
        issuer: 0,
        serial: &long,
    };
    let mut builder = Builder::in_memory();
    assert!(!builder.push(key, revoked).unwrap());
    assert_eq!(builder.finish().find(key).unwrap(), None);
}

#[test]
fn a_file_that_became_shorter_is_an_error_and_not_good_news() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table");
    let builder = fill(
        Builder::with_scratch(folder.path().join("scratch")).unwrap(),
        100,
    );
    let (fences, count, length) = builder
        .write(&mut File::create_new(&path).unwrap())
        .unwrap();
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(length / 2)
        .unwrap();
    let table = Table::in_file(File::open(&path).unwrap(), 0, length, fences, count);
    let failed = (0..100).any(|number| {
        let (serial, _) = entry(number);
        table
            .find(Key {
                issuer: 0,
                serial: &serial,
            })
            .is_err()
    });
    assert!(failed);
}
