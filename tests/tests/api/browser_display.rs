//! The display that nobody sees: keyboard, mouse and pictures.

use e2e::browser::{Chromium, Options, Page as _};
use e2e::display::Display;

use crate::browser_scene::{LONG, Scene, in_namespace, visit};

#[test]
fn browser_display_has_a_keyboard_and_a_mouse() {
    in_namespace(async |_| {
        let display = Display::start().await.unwrap();
        let scene = Scene::new().await;
        let options = Options {
            display: Some(&display),
            ..Options::default()
        };
        let chromium = Chromium::start(&scene.home, options).await.unwrap();
        let page = chromium.page().await.unwrap();
        visit(&page).await;
        let field = "document.body.innerHTML = '<textarea style=\"position: fixed; inset: 0\">'";
        page.eval(field).await.unwrap();

        let window = display.wait_for_window("site", LONG).await.unwrap();
        let area = display.area(window).await.unwrap();
        display.focus(window).await.unwrap();
        display
            .click(area.x + area.width / 2, area.y + area.height / 2)
            .await
            .unwrap();
        page.wait_for("document.activeElement.tagName === 'TEXTAREA'", LONG)
            .await
            .unwrap();
        display.type_text("PIN 123456").await.unwrap();

        page.wait_for(
            "document.querySelector('textarea').value === 'PIN 123456'",
            LONG,
        )
        .await
        .unwrap();
    });
}

#[test]
fn browser_display_and_page_give_pictures() {
    in_namespace(async |_| {
        let display = Display::start().await.unwrap();
        let scene = Scene::new().await;
        let chromium = Chromium::start(&scene.home, Options::default())
            .await
            .unwrap();
        let page = chromium.page().await.unwrap();
        visit(&page).await;
        let folder = scene.home.folder();
        let (screen, shown) = (folder.join("screen.png"), folder.join("page.png"));

        display.screenshot(&screen).await.unwrap();
        page.screenshot(&shown).await.unwrap();

        for file in [screen, shown] {
            assert!(std::fs::read(file).unwrap().starts_with(b"\x89PNG"));
        }
    });
}
