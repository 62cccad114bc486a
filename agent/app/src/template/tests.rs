use std::{collections::HashSet, fs, path::PathBuf};

use roxmltree::{Document, Node};

use super::*;

fn file(name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../packaging/windows/policies");
    fs::read_to_string(folder.join(name)).unwrap_or_default()
}

#[test]
fn the_files_in_the_tree_are_what_the_table_says() {
    let advice = "write them anew: cargo run -p chop-agent --example template";
    assert!(file("chop.admx") == admx(), "{advice}");
    for language in LANGUAGES {
        assert!(
            file(&format!("{language}/chop.adml")) == adml(language),
            "{advice}"
        );
    }
}

#[test]
fn each_setting_has_words_in_both_languages_and_each_choice_too() {
    for setting in TABLE {
        assert!(
            named(setting.key).is_some(),
            "template/words.rs has nothing of {}",
            setting.key
        );
        if let Kind::Word(words) = setting.kind {
            for word in words {
                assert!(WORDS.iter().any(|(it, ..)| it == word), "{word}");
            }
        }
    }
}

fn children<'a>(node: Node<'a, 'a>) -> Vec<Node<'a, 'a>> {
    node.children().filter(Node::is_element).collect()
}

fn names(nodes: &[Node<'_, '_>]) -> Vec<String> {
    nodes
        .iter()
        .map(|it| it.tag_name().name().to_owned())
        .collect()
}

/// `$(string.X)` or `$(presentation.X)`.
fn reference<'a>(text: &'a str, of: &str) -> &'a str {
    let inner = text.strip_prefix("$(").and_then(|it| it.strip_suffix(')'));
    let inner = inner
        .and_then(|it| it.strip_prefix(of))
        .and_then(|it| it.strip_prefix('.'));
    inner.unwrap_or_else(|| panic!("{text} is no reference to a {of}"))
}

/// The rules of Microsoft's schema that can be read off its documentation: which elements, in which
/// order, with which attributes; and those that a schema cannot say, that references lead somewhere.
#[test]
fn the_template_keeps_the_rules_of_its_schema() {
    let text = admx();
    let document = Document::parse(&text).unwrap();
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "policyDefinitions");
    assert_eq!(root.tag_name().namespace(), Some(NAMESPACE));
    assert!(root.attribute("revision").is_some() && root.attribute("schemaVersion").is_some());
    let parts = children(root);
    let order = [
        "policyNamespaces",
        "resources",
        "supportedOn",
        "categories",
        "policies",
    ];
    assert_eq!(names(&parts), order);
    let categories: HashSet<_> = children(parts[3])
        .iter()
        .filter_map(|it| it.attribute("name"))
        .collect();

    let resources: Vec<_> = LANGUAGES.iter().map(|it| adml(it)).collect();
    let resources: Vec<_> = resources
        .iter()
        .map(|it| Document::parse(it).unwrap())
        .collect();
    let ids = |resource: &Document<'_>, tag: &str| -> HashSet<String> {
        let nodes = resource
            .descendants()
            .filter(|it| it.has_tag_name((NAMESPACE, tag)));
        nodes
            .filter_map(|it| it.attribute("id").map(str::to_owned))
            .collect()
    };
    let strings: Vec<_> = resources.iter().map(|it| ids(it, "string")).collect();
    let presentations: Vec<_> = resources.iter().map(|it| ids(it, "presentation")).collect();
    assert_eq!(strings[0], strings[1]);

    let mut seen = HashSet::new();
    for policy in children(parts[4]) {
        let attribute = |name: &str| policy.attribute(name).unwrap_or_default();
        let name = attribute("name");
        assert!(seen.insert(name.to_owned()), "{name} twice");
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "{name}");
        assert_eq!(attribute("class"), "Machine");
        assert_eq!(attribute("key"), KEY);
        for (text, of, ids) in [
            (attribute("displayName"), "string", &strings),
            (attribute("explainText"), "string", &strings),
        ] {
            assert!(
                ids.iter().all(|it| it.contains(reference(text, of))),
                "{text}"
            );
        }
        let inside = children(policy);
        assert_eq!(names(&inside)[..2], ["parentCategory", "supportedOn"]);
        assert!(categories.contains(inside[0].attribute("ref").unwrap()));
        let rest = names(&inside)[2..].to_vec();
        if policy.attribute("valueName").is_some() {
            assert_eq!(rest, ["enabledValue", "disabledValue"]);
            continue;
        }
        assert_eq!(rest, ["elements"]);
        let presentation = reference(attribute("presentation"), "presentation");
        assert!(presentations.iter().all(|it| it.contains(presentation)));
        for element in children(inside[2]) {
            let id = element.attribute("id").unwrap();
            let shown = |resource: &Document<'_>| {
                resource
                    .descendants()
                    .any(|it| it.attribute("refId") == Some(id))
            };
            assert!(resources.iter().all(shown), "{id}");
            for item in children(element) {
                let display = item.attribute("displayName").unwrap();
                assert!(
                    strings
                        .iter()
                        .all(|it| it.contains(reference(display, "string")))
                );
            }
        }
    }
    assert_eq!(seen.len(), TABLE.len());
}
