//! Lists that were indexed on disk.

use chop_testpki::Text;

use super::*;

#[test]
fn an_index_on_disk_says_what_the_list_says() {
    let (scene, folder) = (Scene::company(), tempfile::tempdir().unwrap());
    let serial = serial(&scene.card.certificate);
    let mut list = List::new(now());
    for number in 0x4000_0000..0x4000_03E8u32 {
        list = list.revoking(&number.to_be_bytes(), now() - DAY).unwrap();
    }
    let without = list.sign(&scene.issuing).unwrap();
    let with = list.revoking(&serial, now() - DAY).unwrap();
    let with = with.sign(&scene.issuing).unwrap();
    let root = scene.read(&List::new(now()), &scene.root);
    let root = std::sync::Arc::new(root);
    let path = folder.path().join("companies.index");
    for (der, expected) in [(&without, None), (&with, revoked(Reason::Unspecified))] {
        Crl::index(der, &scene.anchors(), &path).unwrap();
        let index = Crl::open(&path).unwrap();
        assert_eq!(index.entries(), 1000 + u64::from(expected.is_some()));
        assert_eq!(index.this_update(), now());
        let card = Certificate::from_der(scene.card.certificate.clone()).unwrap();
        assert_eq!(index.names(&card).unwrap(), expected.is_some());
        let evidence = Evidence::none().and_list(root.clone()).and_list(index);
        let verifier = Verifier::new(scene.anchors()).with_evidence(evidence);
        assert_eq!(fault(verify(&verifier, &scene.assertion())), expected);
    }
    // Nothing is left beside it.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_damaged_index_is_refused() {
    let (scene, folder) = (Scene::company(), tempfile::tempdir().unwrap());
    let der = List::new(now()).revoking(&[1], now()).unwrap();
    let der = der.sign(&scene.issuing).unwrap();
    let path = folder.path().join("index");
    Crl::index(&der, &scene.anchors(), &path).unwrap();
    let whole = std::fs::read(&path).unwrap();
    for length in 0..whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert!(matches!(Crl::open(&path), Err(CrlError::Index)), "{length}");
    }
    for place in 0..whole.len() {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        std::fs::write(&path, changed).unwrap();
        assert!(matches!(Crl::open(&path), Err(CrlError::Index)), "{place}");
    }
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(Crl::open(&path), Err(CrlError::File(_))));
}

#[test]
fn an_index_knows_an_issuer_however_its_name_is_written() {
    let (scene, folder) = (Scene::company(), tempfile::tempdir().unwrap());
    let serial = serial(&scene.card.certificate);
    let scope = Scope {
        indirect: true,
        ..Scope::default()
    };
    let spelled = Dn::new()
        .c("tw")
        .and("2.5.4.10", Text::Bmp, "行政院")
        .ou(" 測試工商憑證管理中心");
    let entry =
        |serial, name| Entry::new(serial, now() - DAY).with(extension::certificate_issuer(name));
    let list = List::new(now())
        .with(extension::issuing_point(&Point::default(), scope))
        .and(&entry(&[1], scene.issuing.name()))
        .unwrap()
        .and(&entry(&serial, &spelled))
        .unwrap();
    let path = folder.path().join("index");
    let der = list.sign(&scene.issuing).unwrap();
    Crl::index(&der, &scene.anchors(), &path).unwrap();
    let index = Crl::open(&path).unwrap();
    let card = Certificate::from_der(scene.card.certificate.clone()).unwrap();
    assert!(index.names(&card).unwrap());
}
