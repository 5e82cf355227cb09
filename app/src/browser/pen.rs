//! A finger, pen or mouse on an element: where it is, relative to that element, and how firmly.
//! Not what is drawn with it.

use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};

use super::property;

/// Where the pen was at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// From the element's left edge, in widths of the element: 0 to 1 inside.
    pub x: f64,
    /// From its top edge, in heights of the element.
    pub y: f64,
    /// Milliseconds since the page was opened.
    pub at_ms: f64,
    /// Pressure, 0 to 1; one half where the screen does not measure it.
    pub force: f32,
}

/// What the event says, with everything the browser has gathered since the one before it.
pub fn samples(event: &PointerEvent) -> Vec<Sample> {
    let Some(element) = element(event) else {
        return Vec::new();
    };
    let area = element.get_bounding_client_rect();
    if area.width() <= 0.0 || area.height() <= 0.0 {
        return Vec::new();
    }
    // Read as they are: the bindings round them to whole pixels.
    let at = |event: &PointerEvent, axis| property(event, axis).as_f64().unwrap_or_default();
    let sample = |event: &PointerEvent| Sample {
        x: (at(event, "clientX") - area.left()) / area.width(),
        y: (at(event, "clientY") - area.top()) / area.height(),
        at_ms: event.time_stamp(),
        force: event.pressure(),
    };
    // Safari has it since version 18.2.
    let gathers = property(event, "getCoalescedEvents").is_function();
    let gathered: Vec<Sample> = if gathers {
        let events = event.get_coalesced_events();
        events
            .iter()
            .map(|event| sample(event.unchecked_ref()))
            .collect()
    } else {
        Vec::new()
    };
    if gathered.is_empty() {
        vec![sample(event)]
    } else {
        gathered
    }
}

/// Has the rest of this stroke come to the element, wherever the pen goes.
pub fn capture(event: &PointerEvent) {
    if let Some(element) = element(event) {
        // Fails only when the pen was lifted in between: the stroke has ended then.
        element
            .set_pointer_capture(event.pointer_id())
            .unwrap_or_default();
    }
}

fn element(event: &PointerEvent) -> Option<Element> {
    event.current_target()?.dyn_into().ok()
}
