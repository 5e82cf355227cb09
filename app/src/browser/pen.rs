//! A finger, pen or mouse on an element: where it is, relative to that element, and how firmly.
//! Not what is drawn with it.

use js_sys::{Array, Function};
use wasm_bindgen::JsCast;
use web_sys::{DomRect, Element, PointerEvent};

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
    // Safari has it since version 18.2.
    let gathered = listed(event, "getCoalescedEvents");
    if gathered.is_empty() {
        place(event).map_or_else(Vec::new, |place| vec![place.of(event)])
    } else {
        gathered
    }
}

/// Where the browser expects the pen to be until the next event; to be shown, never kept.
pub fn expected(event: &PointerEvent) -> Vec<Sample> {
    listed(event, "getPredictedEvents")
}

/// The samples that a method of the event gives; none where the browser does not have it.
fn listed(event: &PointerEvent, method: &str) -> Vec<Sample> {
    let list: Function = match property(event, method).dyn_into() {
        Ok(method) => method,
        Err(_) => return Vec::new(),
    };
    let listed = list.call0(event).unwrap_or_default();
    let listed: Array = listed.dyn_into().unwrap_or_default();
    let Some(place) = place(event).filter(|_| listed.length() > 0) else {
        return Vec::new();
    };
    let events = listed.iter();
    events
        .map(|event| place.of(event.unchecked_ref()))
        .collect()
}

/// The element's place on the screen; `None` while it has no size.
fn place(event: &PointerEvent) -> Option<Area> {
    let area = element(event)?.get_bounding_client_rect();
    (area.width() > 0.0 && area.height() > 0.0).then_some(Area(area))
}

struct Area(DomRect);

impl Area {
    fn of(&self, event: &PointerEvent) -> Sample {
        let Self(area) = self;
        // Read as they are: the bindings round them to whole pixels.
        let at = |axis| property(event, axis).as_f64().unwrap_or_default();
        Sample {
            x: (at("clientX") - area.left()) / area.width(),
            y: (at("clientY") - area.top()) / area.height(),
            at_ms: event.time_stamp(),
            force: event.pressure(),
        }
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
