//! The signature pad: strokes as data in pad units, drawn as they come, kept at the end of each in
//! as few points as tell it. Turning or resizing the phone only scales them. Not what the signature is bound to.

use doorstep_domain::draft::OwnerPage;
use doorstep_domain::ink::{
    Ink, Nib, PAD_HEIGHT, PAD_WIDTH, POINTS_MAX, Point, STROKES_MAX, Stroke, outline, thinned,
};
use leptos::ev::PointerEvent;
use leptos::html;
use leptos::prelude::*;

use super::page_language;
use crate::browser::clock;
use crate::browser::pen::{self, Sample};
use crate::browser::wet_ink::{Place, WetInk};
use crate::components::icon::{Glyph, Icon};
use crate::components::ink_drawing::pad_view_box;
use crate::i18n::t;
use crate::pages::draft::{Writing, use_writing};

/// The stroke under the pen.
#[derive(Clone, Copy)]
struct Pen {
    /// The finger or pen that draws; others on the pad are ignored until it is lifted.
    pointer: StoredValue<Option<i32>>,
    stroke: StoredValue<Stroke>,
    /// What is drawn of it so far, and what the pen is expected to draw next.
    wet: StoredValue<Wet, LocalStorage>,
    canvases: [NodeRef<html::Canvas>; 2],
    /// Milliseconds from the page's opening to the owner's page being shown.
    origin_ms: f64,
    writing: Writing,
}

/// The stroke as it is drawn: nothing of it is kept.
#[derive(Default)]
struct Wet {
    nib: Nib,
    last: Option<Place>,
    drawn: Option<WetInk>,
    expected: Option<WetInk>,
}

impl Wet {
    /// Draws on to the next point.
    fn draw(&mut self, point: Point) {
        let place = seen(point, self.nib.at(point));
        if let Some(ink) = &self.drawn {
            ink.draw(self.last.unwrap_or(place), place);
        }
        self.last = Some(place);
    }

    /// Shows where the pen is expected, in place of where it was expected before.
    fn expect(&self, points: impl Iterator<Item = Point>) {
        let Some(ink) = &self.expected else { return };
        ink.clear();
        let (mut nib, mut last) = (self.nib, self.last);
        for point in points {
            let place = seen(point, nib.at(point));
            ink.draw(last.unwrap_or(place), place);
            last = Some(place);
        }
    }

    fn dry(&mut self) {
        for ink in [&self.drawn, &self.expected].into_iter().flatten() {
            ink.clear();
        }
        *self = Self::default();
    }
}

/// Where a point is seen, in shares of the pad's width.
fn seen(point: Point, radius: f64) -> Place {
    let share = |length: f64| length / f64::from(PAD_WIDTH);
    Place {
        x: share(point.x.into()),
        y: share(point.y.into()),
        radius: share(radius),
    }
}

impl Pen {
    fn down(self, event: &PointerEvent) {
        let is_free = self.pointer.get_value().is_none();
        let may_draw = is_free && self.has_room() && untrack(|| self.writing.is_writing());
        if may_draw && event.button() == 0 {
            event.prevent_default();
            pen::capture(event);
            self.pointer.set_value(Some(event.pointer_id()));
            self.stroke.set_value(Stroke::default());
            let [drawn, expected] = self.canvases.map(|canvas| {
                let canvas = canvas.get_untracked();
                canvas.and_then(|canvas| WetInk::begin(&canvas))
            });
            self.wet.set_value(Wet {
                drawn,
                expected,
                ..Wet::default()
            });
            self.extend(event);
        }
    }

    fn moved(self, event: &PointerEvent) {
        if self.draws(event) {
            self.extend(event);
        }
    }

    /// The stroke has ended, by lifting the pen or because the browser took it away.
    fn up(self, event: &PointerEvent) {
        if !self.draws(event) {
            return;
        }
        self.pointer.set_value(None);
        let stroke = self.stroke.with_value(thinned);
        self.writing.on_page(|page| page.ink.strokes.push(stroke));
        self.stroke.set_value(Stroke::default());
        let wet = self.wet;
        // The stroke is drawn from its data by then: nothing flickers in between.
        request_animation_frame(move || {
            wet.try_update_value(|wet| {
                // Unless the next has begun.
                if self.pointer.get_value().is_none() {
                    wet.dry();
                }
            });
        });
    }

    fn draws(self, event: &PointerEvent) -> bool {
        self.pointer.get_value() == Some(event.pointer_id())
    }

    fn has_room(self) -> bool {
        let kept = untrack(|| {
            let count = |page: &OwnerPage| (page.ink.points(), page.ink.strokes.len());
            self.writing.page(count)
        });
        let (points, strokes) = kept.unwrap_or_default();
        let drawn = self.stroke.with_value(|stroke| stroke.0.len());
        points + drawn < POINTS_MAX && strokes < STROKES_MAX
    }

    fn extend(self, event: &PointerEvent) {
        if !self.has_room() {
            return;
        }
        let samples = pen::samples(event);
        let expected = pen::expected(event);
        self.wet.update_value(|wet| {
            self.stroke.update_value(|stroke| {
                for sample in samples {
                    let point = point(sample, self.origin_ms);
                    let known = stroke.0.last();
                    if known.is_none_or(|last| (last.x, last.y) != (point.x, point.y)) {
                        stroke.0.push(point);
                        wet.draw(point);
                    }
                }
            });
            wet.expect(expected.into_iter().map(|it| point(it, self.origin_ms)));
        });
    }
}

/// A sample in pad units. What is far outside is brought to the edge of what a pad may hold.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped before; a cast of NaN is 0"
)]
fn point(sample: Sample, origin_ms: f64) -> Point {
    let along = |share: f64, size: i32| {
        let size = f64::from(size);
        (share * size).round().clamp(-size, 2.0 * size) as i32
    };
    Point {
        x: along(sample.x, PAD_WIDTH),
        y: along(sample.y, PAD_HEIGHT),
        t_ms: (sample.at_ms - origin_ms)
            .round()
            .clamp(0.0, f64::from(i32::MAX)) as u32,
        force: (sample.force * 255.0).clamp(0.0, 255.0) as u8,
    }
}

/// The pad with its two small buttons.
#[component]
pub fn Pad() -> impl IntoView {
    let writing = use_writing();
    let lang = page_language(writing);
    let shown_at = untrack(|| writing.page(|page| page.shown_at.unix_ms()));
    #[expect(clippy::cast_precision_loss, reason = "a few minutes in milliseconds")]
    let since_shown_ms = (clock::now_ms() - shown_at.unwrap_or_default()).max(0) as f64;
    let pen = Pen {
        pointer: StoredValue::new(None),
        stroke: StoredValue::new(Stroke::default()),
        wet: StoredValue::new_local(Wet::default()),
        canvases: [NodeRef::new(), NodeRef::new()],
        origin_ms: clock::elapsed_ms() - since_shown_ms,
        writing,
    };
    let ink = Memo::new(move |_| writing.page(|page| page.ink.clone()).unwrap_or_default());
    let is_empty = Memo::new(move |_| ink.with(Ink::is_empty));
    let drawn = move || {
        let numbered = ink.get().strokes.into_iter().enumerate();
        numbered
            .map(|(n, stroke)| (n, outline(&stroke)))
            .collect::<Vec<_>>()
    };
    let label = move || {
        let strokes = ink.with(|ink| ink.strokes.len() as u64);
        match strokes {
            0 => t::owner_pad(lang.get()).to_owned(),
            strokes => t::owner_pad_drawn(lang.get(), strokes),
        }
    };
    // What was cleared comes back by the same button, until there is other ink.
    let cleared = RwSignal::new(Vec::<Stroke>::new());
    let can_undo = Memo::new(move |_| !is_empty.get() || cleared.with(|it| !it.is_empty()));
    let undo = move |_| {
        let back = std::mem::take(&mut *cleared.write());
        writing.on_page(|page| {
            if page.ink.strokes.is_empty() {
                page.ink.strokes = back;
            } else {
                page.ink.strokes.pop();
            }
        });
    };
    let clear = move |_| {
        writing.on_page(|page| cleared.set(std::mem::take(&mut page.ink.strokes)));
    };
    view! {
        <div class="pad">
            <div class="pad-sheet">
            <svg
                class="ink"
                viewBox=pad_view_box()
                role="img"
                aria-label=label
                on:pointerdown=move |event| pen.down(&event)
                on:pointermove=move |event| pen.moved(&event)
                on:pointerup=move |event| pen.up(&event)
                on:pointercancel=move |event| pen.up(&event)
            >
                <path class="pad-line" d="M600 3800H9400" />
                <For each=drawn key=|(n, path)| (*n, path.len()) let((_, path))>
                    <path d=path />
                </For>
            </svg>
                <canvas class="wet" aria-hidden="true" node_ref=pen.canvases[0]></canvas>
                <canvas class="wet" aria-hidden="true" node_ref=pen.canvases[1]></canvas>
            </div>
            <div class="pad-actions">
                <button type="button" disabled=move || !can_undo.get() on:click=undo>
                    <Icon glyph=Glyph::Undo />
                    {move || t::owner_undo(lang.get())}
                </button>
                <button type="button" disabled=move || is_empty.get() on:click=clear>
                    {move || t::owner_clear(lang.get())}
                </button>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(x: f64, y: f64) -> Sample {
        Sample {
            x,
            y,
            at_ms: 1_250.4,
            force: 0.5,
        }
    }

    #[test]
    fn samples_become_points_in_pad_units() {
        let middle = Point {
            x: 5_000,
            y: 1_250,
            t_ms: 250,
            force: 127,
        };
        assert_eq!(point(sample(0.5, 0.25), 1_000.0), middle);
    }

    #[test]
    fn what_lies_far_outside_stays_within_what_a_pad_holds() {
        let far = point(sample(-40.0, 99.0), 2_000.0);
        assert_eq!((far.x, far.y, far.t_ms), (-PAD_WIDTH, 2 * PAD_HEIGHT, 0));
        let ink = Ink {
            strokes: vec![Stroke(vec![far, point(sample(0.5, 0.5), 0.0)])],
        };
        assert_eq!(ink.check(), Ok(()));
    }
}
