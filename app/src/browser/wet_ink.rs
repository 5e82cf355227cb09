//! The stroke under the pen, drawn piece by piece on a canvas as it comes: no tree of elements is
//! touched before the pen is lifted. Not the strokes that are done; those are drawn from their data.

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::window;

/// A place on the pad with half the line's width there, in shares of the pad's width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// From the left edge.
    pub x: f64,
    /// From the top edge.
    pub y: f64,
    /// Half the line's width.
    pub radius: f64,
}

/// A canvas that lies over the pad, ready for one stroke.
#[derive(Debug, Clone)]
pub struct WetInk {
    context: CanvasRenderingContext2d,
    /// Its width in the screen's own pixels.
    scale: f64,
    height: f64,
}

impl WetInk {
    /// Makes the canvas as fine as the screen, empty, in the colour of the text around it; `None`
    /// where it has no size or the browser draws nothing.
    pub fn begin(canvas: &HtmlCanvasElement) -> Option<Self> {
        let ratio = window().device_pixel_ratio();
        let (width, height) = (canvas.client_width(), canvas.client_height());
        let pixels = |length: i32| (f64::from(length) * ratio).round();
        let (scale, height) = (pixels(width), pixels(height));
        if scale < 1.0 || height < 1.0 {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a screen's pixels"
        )]
        let (across, down) = (scale as u32, height as u32);
        // Setting the size empties it.
        canvas.set_width(across);
        canvas.set_height(down);
        let context = canvas.get_context("2d").ok()??;
        let context: CanvasRenderingContext2d = context.unchecked_into();
        let style = window().get_computed_style(canvas).ok()??;
        let ink = style.get_property_value("color").ok()?;
        context.set_stroke_style_str(&ink);
        context.set_line_cap("round");
        Some(Self {
            context,
            scale,
            height,
        })
    }

    /// Draws from one place to the next.
    pub fn draw(&self, from: Place, to: Place) {
        let context = &self.context;
        context.begin_path();
        context.set_line_width((from.radius + to.radius) * self.scale);
        context.move_to(from.x * self.scale, from.y * self.scale);
        context.line_to(to.x * self.scale, to.y * self.scale);
        context.stroke();
    }

    /// Takes everything away.
    pub fn clear(&self) {
        let (width, height) = (self.scale, self.height);
        self.context.clear_rect(0.0, 0.0, width, height);
    }
}
