//! What can be told of a picture without looking at it: no text is cut off, none stands on another.

use egui::{Rect, Shape, epaint::ClippedShape};

/// What letters may stand over an edge, or over each other, in points.
const SLACK: f32 = 1.5;

/// What is wrong with a window's text.
pub(super) fn faults(shapes: &[ClippedShape], window: Rect) -> Vec<String> {
    let mut texts = Vec::new();
    for shape in shapes {
        collect(&shape.shape, shape.clip_rect.intersect(window), &mut texts);
    }
    let mut faults = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        let beyond = text.letters.left() < text.clip.left() - SLACK
            || text.letters.right() > text.clip.right() + SLACK;
        let outside = !window.expand(SLACK).contains_rect(text.letters);
        // What is scrolled out of view is cut above or below, and can be scrolled into it.
        if beyond || (outside && text.clip.height() > window.height() - SLACK) {
            faults.push(format!("“{}” is cut off", text.words));
        }
        for other in &texts[..number] {
            let seen = |text: &Text| text.letters.intersect(text.clip);
            let shared = seen(text).intersect(seen(other));
            if shared.width() > SLACK && shared.height() > SLACK {
                faults.push(format!("“{}” stands on “{}”", text.words, other.words));
            }
        }
    }
    faults
}

struct Text {
    words: String,
    /// Where its letters are.
    letters: Rect,
    clip: Rect,
}

fn collect(shape: &Shape, clip: Rect, texts: &mut Vec<Text>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, clip, texts)),
        Shape::Text(text) => {
            let letters = text.galley.mesh_bounds.translate(text.pos.to_vec2());
            if letters.is_positive() {
                texts.push(Text {
                    words: text.galley.text().to_owned(),
                    letters,
                    clip,
                });
            }
        }
        _ => {}
    }
}
