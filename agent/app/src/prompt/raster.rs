//! Draws egui's triangles into memory: no GPU and no OpenGL, so that the window also opens on a
//! remote desktop and in a virtual machine.
//!
//! egui's colours are premultiplied and blended as they are, so all of it is arithmetic on bytes.
//! Textures are read at the nearest texel: the font atlas is made for the very pixels it lands on,
//! and this window has no other texture.

mod blend;
mod canvas;
mod quad;
mod texture;
mod triangle;

use std::collections::HashMap;

use egui::{
    Mesh, TextureId,
    epaint::{ClippedPrimitive, Primitive, Vertex, textures::TexturesDelta},
};

pub(super) use canvas::Canvas;
use canvas::{Area, whole};
use quad::Quad;
use texture::Texture;
use triangle::Triangle;

/// Holds egui's textures and draws with them.
#[derive(Default)]
pub(super) struct Raster {
    textures: HashMap<TextureId, Texture>,
}

impl Raster {
    /// Takes new and changed textures; call before [`Raster::paint`].
    pub(super) fn update(&mut self, delta: &TexturesDelta) {
        for (id, changes) in &delta.set {
            for change in changes {
                match change.pos {
                    None => {
                        self.textures.insert(*id, Texture::new(&change.image));
                    }
                    Some(corner) => {
                        if let Some(texture) = self.textures.get_mut(id) {
                            texture.replace(corner, &change.image);
                        }
                    }
                }
            }
        }
    }

    /// Drops the textures that are no longer used; call after [`Raster::paint`].
    pub(super) fn forget(&mut self, delta: &TexturesDelta) {
        for id in &delta.free {
            self.textures.remove(id);
        }
    }

    /// Draws over what the canvas shows. What lies outside of it is left out.
    pub(super) fn paint(
        &self,
        canvas: &mut Canvas<'_>,
        primitives: &[ClippedPrimitive],
        pixels_per_point: f32,
    ) {
        for ClippedPrimitive {
            clip_rect,
            primitive,
        } in primitives
        {
            // The other kind is for drawing with a GPU.
            let Primitive::Mesh(mesh) = primitive else {
                continue;
            };
            let Some(texture) = self.textures.get(&mesh.texture_id) else {
                continue;
            };
            let clip = *clip_rect * pixels_per_point;
            let clip = canvas.area().and(Area {
                left: whole(clip.min.x.round()),
                top: whole(clip.min.y.round()),
                right: whole(clip.max.x.round()),
                bottom: whole(clip.max.y.round()),
            });
            if !clip.is_empty() {
                paint_mesh(canvas, mesh, texture, clip, pixels_per_point);
            }
        }
    }
}

/// Most of a mesh are glyphs and rectangles, two triangles each: these are copied row by row.
fn paint_mesh(canvas: &mut Canvas<'_>, mesh: &Mesh, texture: &Texture, clip: Area, scale: f32) {
    let corner = |index: &u32| {
        let vertex = mesh.vertices.get(usize::try_from(*index).ok()?)?;
        Some(Vertex {
            pos: vertex.pos * scale,
            ..*vertex
        })
    };
    let mut rest = mesh.indices.as_slice();
    while let Some((first, after)) = rest.split_first_chunk::<3>() {
        if let Some((six, after)) = rest.split_first_chunk::<6>()
            && let Some(quad) = Quad::of(six, corner, texture)
        {
            quad.paint(canvas, texture, clip);
            rest = after;
            continue;
        }
        if let [Some(a), Some(b), Some(c)] = first.each_ref().map(corner)
            && let Some(triangle) = Triangle::of([a, b, c])
        {
            triangle.paint(canvas, texture, clip);
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests;
