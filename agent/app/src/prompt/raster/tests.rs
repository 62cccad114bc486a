use egui::{
    Color32, ColorImage, Pos2, Rect, Vec2,
    epaint::{ImageDelta, WHITE_UV},
    pos2,
};

use super::*;

const SIZE: usize = 16;
const WHITE: u32 = 0x00ff_ffff;

/// Draws a mesh on white with a texture of 4 × 4: white at the top left, then a number in each.
fn drawn(mesh: Mesh) -> Vec<u32> {
    drawn_within(mesh, Rect::EVERYTHING, 1.0)
}

fn drawn_within(mesh: Mesh, clip_rect: Rect, scale: f32) -> Vec<u32> {
    let mut raster = Raster::default();
    let mut texels: Vec<_> = (0..16_u8).map(Color32::from_gray).collect();
    texels[0] = Color32::WHITE;
    let mut delta = TexturesDelta::default();
    let image = ColorImage::new([4, 4], texels);
    delta.push(
        mesh.texture_id,
        ImageDelta::full(image, egui::TextureOptions::NEAREST),
    );
    raster.update(&delta);
    delta.clear();
    let mut pixels = vec![WHITE; SIZE * SIZE];

    let mut canvas = Canvas::new(SIZE, &mut pixels);
    raster.paint(
        &mut canvas,
        &[ClippedPrimitive {
            clip_rect,
            primitive: Primitive::Mesh(mesh),
        }],
        scale,
    );
    pixels
}

fn rect(left: f32, top: f32, right: f32, bottom: f32) -> Rect {
    Rect::from_min_max(pos2(left, top), pos2(right, bottom))
}

fn triangles(points: &[[f32; 2]], color: Color32) -> Mesh {
    let mut mesh = Mesh::default();
    for (index, [x, y]) in (0..).zip(points) {
        mesh.vertices.push(Vertex {
            pos: pos2(*x, *y),
            uv: WHITE_UV,
            color,
        });
        mesh.indices.push(index);
    }
    mesh
}

fn painted(pixels: &[u32]) -> usize {
    pixels.iter().filter(|pixel| **pixel != WHITE).count()
}

#[test]
fn a_rectangle_covers_exactly_its_pixels() {
    let mut mesh = Mesh::default();
    mesh.add_colored_rect(rect(2.0, 3.0, 7.0, 5.0), Color32::RED);

    let pixels = drawn(mesh);

    for (index, pixel) in pixels.iter().enumerate() {
        let inside = (2..7).contains(&(index % SIZE)) && (3..5).contains(&(index / SIZE));
        assert_eq!(
            *pixel,
            if inside { 0x00ff_0000 } else { WHITE },
            "pixel {index}"
        );
    }
}

#[test]
fn points_are_scaled_to_pixels() {
    let mut mesh = Mesh::default();
    mesh.add_colored_rect(rect(1.0, 1.0, 3.0, 2.0), Color32::BLACK);

    assert_eq!(painted(&drawn_within(mesh, Rect::EVERYTHING, 2.0)), 8);
}

#[test]
fn triangles_that_share_edges_paint_every_pixel_once() {
    // A fan around a point that is on no pixel's centre, in half transparent black: a pixel painted
    // twice is darker, one left out is white.
    let centre = [7.3, 6.1];
    let rim = [
        [1.0, 1.0],
        [9.0, 1.0],
        [15.0, 1.0],
        [15.0, 8.0],
        [15.0, 15.0],
        [1.0, 15.0],
    ];
    let fan: Vec<_> = (0..rim.len())
        .flat_map(|at| [centre, rim[at], rim[(at + 1) % rim.len()]])
        .collect();

    let pixels = drawn(triangles(&fan, Color32::from_black_alpha(128)));

    for (index, pixel) in pixels.iter().enumerate() {
        let inside = (1..15).contains(&(index % SIZE)) && (1..15).contains(&(index / SIZE));
        assert_eq!(
            *pixel,
            if inside { 0x007f_7f7f } else { WHITE },
            "pixel {index}"
        );
    }
}

#[test]
fn a_triangle_is_the_same_whichever_way_it_turns() {
    let clockwise = [[1.0, 1.0], [13.0, 4.0], [5.0, 14.0]];
    let other = [[1.0, 1.0], [5.0, 14.0], [13.0, 4.0]];

    let pixels = drawn(triangles(&clockwise, Color32::BLUE));

    assert!(painted(&pixels) > 50);
    assert_eq!(pixels, drawn(triangles(&other, Color32::BLUE)));
}

#[test]
fn colours_change_evenly_between_corners() {
    let mut mesh = triangles(&[[0.0, 0.0], [16.0, 0.0], [0.0, 16.0]], Color32::BLACK);
    mesh.vertices[1].color = Color32::WHITE;

    let pixels = drawn(mesh);

    let grays: Vec<_> = pixels[..15].iter().map(|pixel| pixel & 0xff).collect();
    assert!(
        grays
            .iter()
            .zip(8..)
            .all(|(gray, step)| gray.abs_diff(step + 15 * (step - 8)) <= 1),
        "{grays:?}"
    );
}

#[test]
fn nothing_is_painted_outside_the_clip() {
    let mesh = triangles(
        &[[-50.0, -50.0], [100.0, -50.0], [-50.0, 100.0]],
        Color32::BLACK,
    );

    let pixels = drawn_within(mesh, rect(4.0, 4.0, 6.0, 7.0), 1.0);

    assert_eq!(painted(&pixels), 6);
}

#[test]
fn texels_land_on_their_pixels() {
    let mut mesh = Mesh::default();
    mesh.add_rect_with_uv(
        rect(3.0, 2.0, 5.0, 4.0),
        rect(0.5, 0.25, 1.0, 0.75),
        Color32::WHITE,
    );

    let pixels = drawn(mesh);

    let found: Vec<_> = [(3, 2), (4, 2), (3, 3), (4, 3)]
        .map(|(x, y)| pixels[y * SIZE + x] & 0xff)
        .to_vec();
    assert_eq!(found, [6, 7, 10, 11]);
    assert_eq!(painted(&pixels), 4);
}

#[test]
fn a_glyph_cut_by_the_clip_keeps_its_place() {
    let mut mesh = Mesh::default();
    mesh.add_rect_with_uv(
        rect(3.0, 2.0, 5.0, 4.0),
        rect(0.5, 0.25, 1.0, 0.75),
        Color32::WHITE,
    );

    let pixels = drawn_within(mesh, rect(4.0, 3.0, 9.0, 9.0), 1.0);

    assert_eq!((painted(&pixels), pixels[3 * SIZE + 4] & 0xff), (1, 11));
}

#[test]
fn a_stretched_texture_is_read_at_the_nearest_texel() {
    let mut mesh = Mesh::default();
    mesh.add_rect_with_uv(
        rect(0.0, 0.0, 4.0, 4.0),
        rect(0.5, 0.5, 1.0, 1.0),
        Color32::WHITE,
    );

    let pixels = drawn(mesh);

    let row: Vec<_> = pixels[..4].iter().map(|pixel| pixel & 0xff).collect();
    assert_eq!(row, [10, 10, 11, 11]);
}

#[test]
fn a_part_of_a_texture_can_be_replaced() {
    let mut raster = Raster::default();
    let mut delta = TexturesDelta::default();
    let options = egui::TextureOptions::NEAREST;
    let id = TextureId::default();
    delta.push(
        id,
        ImageDelta::full(ColorImage::filled([4, 4], Color32::WHITE), options),
    );
    delta.push(
        id,
        ImageDelta::partial([2, 1], ColorImage::filled([2, 2], Color32::RED), options),
    );
    raster.update(&delta);
    delta.clear();

    let texture = &raster.textures[&id];
    let reds = (0..4)
        .flat_map(|y| texture.row(0, y).unwrap()[..4].to_vec())
        .filter(|texel| *texel == 0xffff_0000);

    assert_eq!(
        (reds.count(), texture.row(2, 1).unwrap()[0]),
        (4, 0xffff_0000)
    );
}

#[test]
fn what_is_no_triangle_is_left_out() {
    for odd in [f32::NAN, f32::INFINITY, 1e30] {
        let pixels = drawn(triangles(
            &[[odd, 0.0], [9.0, 0.0], [0.0, 9.0]],
            Color32::BLACK,
        ));
        assert_eq!(painted(&pixels), 0, "{odd}");
    }
    let mut mesh = triangles(&[[1.0, 1.0], [5.0, 5.0], [9.0, 9.0]], Color32::BLACK);
    mesh.indices.extend([0, 1, 99]);
    assert_eq!(painted(&drawn(mesh)), 0);
}

/// The exact rules above are compared with the plain way, pixel by pixel, on what egui really draws.
#[test]
fn a_rounded_frame_has_smooth_edges_and_a_full_middle() {
    let ctx = egui::Context::default();
    let input = egui::RawInput {
        screen_rect: Some(Rect::from_min_size(Pos2::ZERO, Vec2::splat(16.0))),
        ..Default::default()
    };
    let mut output = ctx.run_ui(input, |ui| {
        ui.painter()
            .rect_filled(rect(1.0, 1.0, 15.0, 15.0), 4.0, Color32::BLACK);
    });
    let primitives = ctx.tessellate(std::mem::take(&mut output.shapes), 1.0);
    let mut raster = Raster::default();
    raster.update(&output.textures_delta);
    raster.forget(&output.textures_delta);
    output.textures_delta.clear();
    let mut pixels = vec![WHITE; SIZE * SIZE];

    raster.paint(&mut Canvas::new(SIZE, &mut pixels), &primitives, 1.0);

    let at = |x: usize, y: usize| pixels[y * SIZE + x] & 0xff;
    assert!((2..14).all(|step| at(step, 8) == 0 && at(8, step) == 0));
    assert_eq!(at(1, 1), 255, "the corner is round");
    assert!((2..5).any(|x| (30..220).contains(&at(x, 1))), "and smooth");
    for y in 0..SIZE {
        for x in 0..SIZE {
            assert_eq!(at(x, y), at(SIZE - 1 - x, y), "mirrored at {x} {y}");
        }
    }
}
