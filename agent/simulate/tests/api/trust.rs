//! A verifier takes simulated cards only when it is told to, and what `Folder` wrote is what it
//! needs.

use std::{fs, time::SystemTime};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_simulate::{Answer, Folder, Kind};
use chop_verifier::{Anchors, ChainFault, Content, Crl, Evidence, Identity, Refusal, Verifier};

use crate::scene::{CHALLENGE, SITE, Scene};

/// As a site has it that was given the folder.
fn verifier(folder: &Folder) -> Verifier {
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    let text = |name: &str| String::from_utf8(read(name)).unwrap();
    let anchors = Anchors::from_pem(&text("anchors.pem")).unwrap();
    let anchors = anchors
        .with_intermediates_pem(&text("intermediates.pem"))
        .unwrap();
    let lists = ["root", "companies", "citizens"];
    let evidence = lists.iter().fold(Evidence::none(), |all, name| {
        let list = Crl::from_der(&read(&format!("lists/{name}.crl")), &anchors);
        all.and_list(list.unwrap())
    });
    Verifier::new(anchors).with_evidence(evidence)
}

fn fault<T: std::fmt::Debug>(verdict: Result<T, Refusal>) -> ChainFault {
    match verdict {
        Err(Refusal::Chain(refusal)) => refusal.fault,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_login_with_a_simulated_card_is_refused_unless_the_site_allows_it() {
    let place = tempfile::tempdir().unwrap();
    for kind in [Kind::Company, Kind::Citizen] {
        let scene = Scene::new(&[kind], &[Answer::Allow]);
        let path = place.path().join("trust");
        let folder = Folder::write(&path, &scene.cards, SystemTime::now()).unwrap();
        let said = scene.sign_in().await;
        let posted = String::from_utf8(said.body.clone()).unwrap();
        let verify = |verifier: &Verifier| {
            let (site, challenge) = (SITE.parse().unwrap(), CHALLENGE.parse().unwrap());
            verifier.sign_in(&posted, &site, &challenge, SystemTime::now())
        };

        let strict = verifier(&folder);
        let refusal = verify(&strict).unwrap_err();
        assert_eq!(refusal.code(), "simulated");
        assert_eq!(fault(verify(&strict)), ChainFault::Simulated);
        // The next snapshot is as strict.
        let next = strict
            .with_evidence(Evidence::none())
            .allow_unknown_revocation();
        assert_eq!(fault(verify(&next)), ChainFault::Simulated);

        let verified = verify(&strict.allow_simulated_cards()).unwrap();
        match (kind, verified.signer.identity) {
            (Kind::Company, Identity::Company(company)) => {
                assert_eq!(company.ban.as_str(), "12345675");
            }
            (Kind::Citizen, Identity::Citizen(_)) => {}
            (kind, identity) => panic!("{kind}: {identity:?}"),
        }

        // Cards of another start are of other authorities.
        let other = Scene::new(&[kind], &[Answer::Allow]);
        drop(folder);
        let folder = Folder::write(&path, &other.cards, SystemTime::now()).unwrap();
        let stranger = verifier(&folder).allow_simulated_cards();
        assert_eq!(fault(verify(&stranger)), ChainFault::Signature);
    }
}

#[tokio::test]
async fn a_document_signed_with_a_simulated_card_is_refused_unless_the_site_allows_it() {
    let place = tempfile::tempdir().unwrap();
    let scene = Scene::new(&[Kind::Company], &[Answer::Allow]);
    let folder = Folder::write(place.path(), &scene.cards, SystemTime::now()).unwrap();
    let content = STANDARD.encode("測試");
    let document = format!(r#"{{"documents":[{{"name":"a","content":"{content}"}}]}}"#);
    let signed = scene.post("/v1/sign", &document).await.json();
    let message = STANDARD
        .decode(signed["signatures"][0].as_str().unwrap())
        .unwrap();
    let strict = verifier(&folder);
    let verify = |verifier: &Verifier| {
        let now = SystemTime::now();
        verifier.document(&message, Content::Attached, now)
    };
    assert_eq!(fault(verify(&strict)), ChainFault::Simulated);
    assert!(verify(&strict.allow_simulated_cards()).is_ok());
}

#[test]
fn the_folder_is_taken_out_again_and_nobody_elses_things_are() {
    let cards = chop_simulate::SimulatedCards::make(&[], SystemTime::now()).unwrap();
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("trust");
    let now = SystemTime::now();

    let mut folder = Folder::write(&path, &cards, now).unwrap();
    folder.add("localhost.pem", b"x").unwrap();
    assert!(path.join("localhost.pem").is_file() && path.join("lists/root.crl").is_file());
    // Somebody else's is in the way of a second one.
    assert!(matches!(
        Folder::write(&path, &cards, now),
        Err(chop_simulate::Error::FolderInUse { .. })
    ));
    assert!(path.join("anchors.pem").is_file());
    drop(folder);
    assert!(!path.exists());

    let folder = Folder::write(&path, &cards, now).unwrap();
    fs::write(path.join("mine"), "x").unwrap();
    drop(folder);
    let left: Vec<_> = fs::read_dir(&path)
        .unwrap()
        .map(|it| it.unwrap().file_name())
        .collect();
    assert_eq!(left, ["mine"]);
}
