//! Pictures: a chosen one made small enough to keep and send, and addresses under which the page
//! shows bytes. Not what is on them, nor where they are kept.

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, File, HtmlCanvasElement, HtmlInputElement,
    ImageBitmap, Url,
};

use super::window;

/// A picture as JPEG.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Width in pixels.
    pub width: u16,
    /// Height in pixels.
    pub height: u16,
}

/// The browser cannot read it as a picture, or not write it small enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPicture;

impl From<JsValue> for NoPicture {
    fn from(_: JsValue) -> Self {
        Self
    }
}

/// What is tried one after the other until the bytes fit: parts of the longest edge allowed, in
/// sixteenths, and JPEG's quality.
const TRIES: [(u32, f64); 6] = [
    (16, 0.82),
    (16, 0.65),
    (13, 0.65),
    (10, 0.6),
    (8, 0.5),
    (6, 0.4),
];

/// A chosen file.
#[derive(Debug)]
pub struct Chosen(File);

/// The files chosen in a field, which is empty again then: the same may be chosen once more.
pub fn chosen(field: &HtmlInputElement) -> Vec<Chosen> {
    let files = field.files();
    let files = files.map_or_else(Vec::new, |files| {
        let places = 0..files.length();
        places.filter_map(|n| files.get(n).map(Chosen)).collect()
    });
    field.set_value("");
    files
}

/// The picture in a file, no edge longer than `edge_max` pixels and in at most `bytes_max` bytes,
/// upright, and without what cameras write beside it (where it was taken, and when).
pub async fn small(file: &Chosen, edge_max: u16, bytes_max: usize) -> Result<Picture, NoPicture> {
    let bitmap = window().create_image_bitmap_with_blob(&file.0)?;
    let bitmap: ImageBitmap = JsFuture::from(bitmap).await?.unchecked_into();
    let picture = shrink(&bitmap, edge_max, bytes_max).await;
    bitmap.close();
    picture
}

async fn shrink(
    bitmap: &ImageBitmap,
    edge_max: u16,
    bytes_max: usize,
) -> Result<Picture, NoPicture> {
    let document = window().document().expect("a page has a document");
    let canvas: HtmlCanvasElement = document.create_element("canvas")?.unchecked_into();
    for (sixteenths, quality) in TRIES {
        let edge = u32::from(edge_max) * sixteenths / 16;
        let (width, height) = fitted(bitmap.width(), bitmap.height(), edge);
        canvas.set_width(width);
        canvas.set_height(height);
        let context = canvas.get_context("2d")?.ok_or(NoPicture)?;
        let context: CanvasRenderingContext2d = context.unchecked_into();
        let (wide, high) = (f64::from(width), f64::from(height));
        // What is transparent becomes paper, not black.
        context.set_fill_style_str("#fff");
        context.fill_rect(0.0, 0.0, wide, high);
        context.draw_image_with_image_bitmap_and_dw_and_dh(bitmap, 0.0, 0.0, wide, high)?;
        let blob = jpeg(&canvas, quality).await?;
        #[expect(clippy::cast_precision_loss, reason = "limits are far below 2^53")]
        if blob.size() <= bytes_max as f64 {
            let bytes = JsFuture::from(blob.array_buffer()).await?;
            return Ok(Picture {
                bytes: Uint8Array::new(&bytes).to_vec(),
                width: u16::try_from(width).map_err(|_| NoPicture)?,
                height: u16::try_from(height).map_err(|_| NoPicture)?,
            });
        }
    }
    Err(NoPicture)
}

/// Width and height within a square of `edge`, in proportion; never larger than they are.
fn fitted(width: u32, height: u32, edge: u32) -> (u32, u32) {
    let longest = width.max(height).max(1);
    if longest <= edge {
        return (width.max(1), height.max(1));
    }
    let part = |length: u32| {
        let scaled = u64::from(length) * u64::from(edge) / u64::from(longest);
        u32::try_from(scaled).unwrap_or(edge).max(1)
    };
    (part(width), part(height))
}

async fn jpeg(canvas: &HtmlCanvasElement, quality: f64) -> Result<Blob, NoPicture> {
    let written = Promise::new(&mut |resolve, _| {
        let done = Closure::once_into_js(move |blob: JsValue| {
            resolve
                .call1(&JsValue::UNDEFINED, &blob)
                .expect("a promise can be resolved");
        });
        // A canvas that cannot be written gives no blob, and so does this.
        canvas
            .to_blob_with_type_and_encoder_options(
                done.unchecked_ref(),
                "image/jpeg",
                &JsValue::from_f64(quality),
            )
            .unwrap_or_default();
    });
    JsFuture::from(written)
        .await?
        .dyn_into()
        .map_err(|_| NoPicture)
}

/// An address under which the page shows bytes; gone when dropped.
#[derive(Debug, PartialEq, Eq)]
pub struct Shown(String);

impl Shown {
    /// Of these bytes, which are of this type.
    pub fn of(bytes: &[u8], media_type: &str) -> Self {
        let options = BlobPropertyBag::new();
        options.set_type(media_type);
        let parts = Array::of1(&Uint8Array::from(bytes));
        let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options)
            .expect("bytes make a blob");
        Self(Url::create_object_url_with_blob(&blob).expect("a blob has an address"))
    }

    /// The address.
    pub fn address(&self) -> &str {
        &self.0
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        Url::revoke_object_url(&self.0).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_fitted_in_proportion_and_never_enlarged() {
        assert_eq!(fitted(4_000, 3_000, 1_600), (1_600, 1_200));
        assert_eq!(fitted(3_000, 4_000, 1_600), (1_200, 1_600));
        assert_eq!(fitted(640, 480, 1_600), (640, 480));
        assert_eq!(fitted(30_000, 10, 1_600), (1_600, 1));
        assert_eq!(fitted(0, 0, 1_600), (1, 1));
    }
}
