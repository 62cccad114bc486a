//! Every language has every message, with the same things in it; no message is without use.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Pattern, PatternElement},
    parser,
};

use super::*;

/// What is filled in, by message and part (`no-card`, `no-card.more`).
type Contents = BTreeMap<String, BTreeSet<String>>;

fn contents(language: Language) -> Contents {
    let file = format!("words/{language}.ftl");
    let text = fs::read_to_string(file).unwrap();
    let resource = parser::parse(text.as_str()).unwrap_or_else(|(_, errors)| panic!("{errors:?}"));
    let mut contents = Contents::new();
    for entry in resource.body {
        let Entry::Message(message) = entry else {
            continue;
        };
        let id = message.id.name;
        let parts = message
            .attributes
            .iter()
            .map(|part| (format!("{id}.{}", part.id.name), &part.value));
        let value = message.value.iter().map(|value| (id.to_owned(), value));
        for (name, pattern) in value.chain(parts) {
            let twice = contents.insert(name, filled_in(pattern));
            assert_eq!(twice, None, "{id} stands in {language} twice");
        }
    }
    contents
}

/// A message and its parts are given the same things, and each says what it wants of them.
fn by_message(contents: Contents) -> Contents {
    let mut messages = Contents::new();
    for (name, filled) in contents {
        let id = name.split('.').next().unwrap_or_default();
        messages.entry(id.to_owned()).or_default().extend(filled);
    }
    messages
}

fn filled_in(pattern: &Pattern<&str>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { .. } => {}
            PatternElement::Placeable { expression } => match expression {
                Expression::Inline(inline) => names.extend(variable(inline)),
                Expression::Select { selector, variants } => {
                    names.extend(variable(selector));
                    names.extend(variants.iter().flat_map(|it| filled_in(&it.value)));
                }
            },
        }
    }
    names
}

fn variable(inline: &InlineExpression<&str>) -> Option<String> {
    match inline {
        InlineExpression::VariableReference { id } => Some(id.name.to_owned()),
        _ => None,
    }
}

#[test]
fn every_language_has_every_message_with_the_same_things_in_it() {
    let chinese = contents(Language::CHINESE);
    let english = contents(Language::ENGLISH);
    let names = |of: &Contents| of.keys().cloned().collect::<BTreeSet<_>>();
    let missing: Vec<_> = names(&chinese)
        .symmetric_difference(&names(&english))
        .cloned()
        .collect();
    assert!(missing.is_empty(), "in one language alone: {missing:?}");
    let english = by_message(english);
    for (id, filled) in by_message(chinese) {
        assert_eq!(filled, english[&id], "{id}");
    }
    for other in Language::all().skip(2) {
        for (id, filled) in by_message(contents(other)) {
            let known = english
                .get(&id)
                .unwrap_or_else(|| panic!("{other} has {id} alone"));
            assert!(filled.is_subset(known), "{other}: {id}");
        }
    }
}

#[test]
fn every_message_is_said_somewhere_and_none_is_missing() {
    let mut said = BTreeSet::new();
    collect(Path::new("src"), &mut said);
    let known: BTreeSet<_> = contents(Language::CHINESE)
        .into_keys()
        .map(|name| name.split('.').next().unwrap_or_default().to_owned())
        .collect();
    let missing: Vec<_> = said.difference(&known).collect();
    let unused: Vec<_> = known.difference(&said).collect();
    assert!(missing.is_empty(), "not in words/: {missing:?}");
    assert!(unused.is_empty(), "never said: {unused:?}");
}

/// The names that messages are made with, in all files below `folder`.
fn collect(folder: &Path, said: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, said);
            continue;
        }
        if path.extension().is_none_or(|kind| kind != "rs") {
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap_or_default();
        for rest in source.split("message(\"").skip(1) {
            said.extend(rest.split('"').next().map(str::to_owned));
        }
    }
}
