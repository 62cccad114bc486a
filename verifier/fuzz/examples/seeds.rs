//! Makes `corpus/` anew: `cargo run --example seeds`. What it writes is the same each time.

use std::{error::Error, fs, path::Path};

use chop_testpki::{
    Answer, Dn, Entry, Extension, List, Message, Responder, Status, Template,
    extension::{self, Point, Scope, SomeName},
    signing_certificate_v2,
};
use chop_verifier::Crl;
use chop_verifier_fuzz::scene::{DOCUMENT, Scene, TBS, now, scene, templates};
use der::{Decode as _, Reader as _, SliceReader};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    if corpus.exists() {
        fs::remove_dir_all(&corpus)?;
    }
    let scene = scene();
    chains(&corpus, scene)?;
    lists(&corpus, scene)?;
    answers(&corpus, scene)?;
    messages(&corpus, scene)?;
    let assertion = scene.assertion(&scene.card.certificate);
    write(&corpus, "sign_in", "card", assertion.as_bytes())?;
    write(&corpus, "sign_in", "empty", b"{}")
}

fn write(corpus: &Path, target: &str, name: &str, bytes: &[u8]) -> Result {
    let folder = corpus.join(target);
    fs::create_dir_all(&folder)?;
    Ok(fs::write(folder.join(name), bytes)?)
}

/// What stands first in a SEQUENCE: what was signed.
fn inside(signed: &[u8]) -> Result<Vec<u8>> {
    let mut reader = SliceReader::new(signed)?;
    let first = reader.sequence(|reader| {
        let first = reader.tlv_bytes()?.to_vec();
        while !reader.is_finished() {
            reader.tlv_bytes()?;
        }
        der::Result::Ok(first)
    })?;
    Ok(first)
}

fn chains(corpus: &Path, scene: &Scene) -> Result {
    let [issuing, card] = templates()?;
    let policies = ["2.16.886.101.0.3.1", "2.16.886.101.0.3.3"];
    let server = [
        SomeName::dns("portal.example"),
        SomeName::dns("*.portal.example"),
        SomeName::ip([192, 0, 2, 1].into()),
        SomeName::email("a@portal.example"),
        SomeName::uri("https://portal.example/"),
        SomeName::Directory(Dn::new().c("TW").o("測試股份有限公司")),
    ];
    let point = Point {
        names: server.to_vec(),
        reasons: Some(vec![1, 2]),
        crl_issuer: Some(Dn::of("another")),
        ..Point::default()
    };
    let odd: [(&str, Template, Template); 6] = [
        ("usual", issuing.clone(), card.clone()),
        (
            "names",
            issuing
                .clone()
                .with(extension::name_constraints(&server, &server[1..3])),
            card.clone()
                .with(extension::alternative_names(&server))
                .with(extension::extended_key_usage(&["1.3.6.1.5.5.7.3.1"])),
        ),
        (
            "policies",
            issuing
                .clone()
                .replace(extension::policies(&policies))
                .with(extension::policy_mappings(&[(policies[0], policies[1])]))
                .with(extension::policy_constraints(Some(0), Some(1)))
                .with(extension::inhibit_any_policy(0)),
            card.clone()
                .replace(extension::policies(&[policies[1], "2.5.29.32.0"])),
        ),
        (
            "sources",
            issuing
                .clone()
                .with(extension::basic_constraints(true, Some(0))),
            card.clone()
                .with(extension::distribution_points(&[point.clone()]))
                .with(extension::freshest_crl(&[point]))
                .with(extension::ocsp_at(&["http://ocsp.example/"]))
                .with(extension::ocsp_no_check()),
        ),
        (
            "unique_ids",
            issuing.clone().with_unique_ids(),
            card.clone().version(2).with_unique_ids().without_key_ids(),
        ),
        (
            "unknown_extension",
            issuing,
            card.with(Extension::new("1.2.3.4", true, [5, 0])),
        ),
    ];
    for (name, issuing, card) in odd {
        let issuing = scene
            .root
            .issue(&issuing, scene.issuing.key().public_key())?;
        let card = scene.issuing.issue(&card, scene.card.key.public_key())?;
        write(
            corpus,
            "certificate",
            &format!("{name}_authority"),
            &issuing,
        )?;
        write(corpus, "certificate", &format!("{name}_card"), &card)?;
        let (issuing, card) = (inside(&issuing)?, inside(&card)?);
        let length = u16::try_from(issuing.len())?.to_be_bytes();
        let both = [&length[..], &issuing, &card].concat();
        write(corpus, "chain", name, &both)?;
    }
    write(corpus, "certificate", "root", scene.root.certificate())
}

fn lists(corpus: &Path, scene: &Scene) -> Result {
    let card = [0x43];
    let scope = Scope {
        only_users: true,
        indirect: true,
        ..Scope::default()
    };
    let point = Point::at("http://lists.example/1.crl");
    let indirect = Entry::new(&card, now())
        .reason(6)
        .with(extension::certificate_issuer(scene.issuing.name()));
    let lists = [
        ("empty", List::new(now())),
        ("card", List::new(now()).revoking(&card, now())?),
        (
            "delta",
            List::new(now())
                .number(Some(&[2]))
                .delta_to(&[1])?
                .and(&Entry::new(&card, now()).reason(8))?,
        ),
        (
            "indirect",
            List::new(now())
                .with(extension::issuing_point(&point, scope))
                .and(&indirect)?
                .revoking(&[0x44], now())?,
        ),
        ("without_number", List::new(now()).number(None)),
    ];
    let folder = corpus.join("list_index");
    fs::create_dir_all(&folder)?;
    for (name, list) in lists {
        let der = list.sign(&scene.issuing)?;
        write(corpus, "list", name, &inside(&der)?)?;
        Crl::index(&der, scene.anchors(), &folder.join(name))?;
    }
    Ok(())
}

fn answers(corpus: &Path, scene: &Scene) -> Result {
    let issuer = scene.issuing.certificate();
    for (name, status) in [
        ("good", Status::Good),
        ("revoked", Status::Revoked(now())),
        ("unknown", Status::Unknown),
    ] {
        let answer = Answer::new(&scene.card.certificate, issuer, status, now()).nonce(&[7; 32]);
        for send_certificate in [true, false] {
            let responder = Responder {
                key: scene.issuing.key(),
                certificate: issuer,
                send_certificate,
            };
            let der = answer.sign(responder)?;
            if send_certificate {
                write(corpus, "answer", &format!("{name}_whole"), &der)?;
            } else {
                write(corpus, "answer", name, &data_of(&der)?)?;
            }
        }
    }
    Ok(())
}

/// The ResponseData of an OCSPResponse.
fn data_of(response: &[u8]) -> Result<Vec<u8>> {
    let mut reader = SliceReader::new(response)?;
    let basic = reader.sequence(|reader| {
        reader.tlv_bytes()?;
        let bytes = der::AnyRef::decode(reader)?;
        let mut inner = SliceReader::new(bytes.value())?;
        inner.sequence(|reader| {
            reader.tlv_bytes()?;
            let basic = der::AnyRef::decode(reader)?;
            der::Result::Ok(basic.value().to_vec())
        })
    })?;
    inside(&basic)
}

fn messages(corpus: &Path, scene: &Scene) -> Result {
    let named = signing_certificate_v2(&scene.card.certificate)?;
    let document = || Message::hipki(DOCUMENT, now()).with(named.clone());
    for (name, message) in [
        ("attached", document()),
        ("detached", document().detached()),
        ("without_time", document().signing_time(None)),
        (
            "with_authority",
            document().and_certificate(scene.issuing.certificate()),
        ),
        ("named_algorithm", document().named_algorithm()),
        ("unsorted", document().unsorted()),
    ] {
        write(corpus, "document", name, &message.sign(&scene.card)?)?;
    }
    let nonce = chop_testpki::attribute("1.2.840.113549.1.9.25.3", text("1"));
    let number = chop_testpki::attribute("2.16.886.1.100.2.204", text("TP12345678"));
    let login = Message::hipki(TBS.as_bytes(), now()).with(nonce);
    for (name, message) in [("card", login.clone()), ("with_number", login.with(number))] {
        write(corpus, "hipki_sign_in", name, &message.sign(&scene.card)?)?;
    }
    Ok(())
}

/// A UTF8String.
fn text(text: &str) -> Vec<u8> {
    chop_verifier_fuzz::scene::element(0x0C, text.as_bytes())
}
