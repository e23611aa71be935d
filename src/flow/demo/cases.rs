//! The ward's customers: their cases, papers and scans, handed in as staff would.

use crate::app::App;
use crate::domain::case::Channel;
use crate::domain::demo::{DemoCase, DemoPaper};
use crate::flow::case::{self, NewCase};
use crate::flow::paper;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use bytes::Bytes;
use uuid::Uuid;

pub struct Loaded {
    pub index: usize,
    pub case_id: Uuid,
    pub number: String,
    /// Papers that were refused, by place, with the first field named.
    pub refused: Vec<(usize, String)>,
}

/// Hands in one case with all its papers. Papers with wrong values are refused, as they would be from anybody.
pub async fn hand_in(app: &App, by: &Actor, c: &DemoCase) -> Result<Loaded> {
    let new = NewCase {
        procedure: c.procedure.into(),
        wish: c.wish.clone(),
        parcel_ref: c.asked.clone(),
        parcel: None,
        channel: Channel::Office,
    };
    let made = case::create(app, by, new).await?;
    let mut refused = Vec::new();
    for (i, p) in c.papers.iter().enumerate() {
        match one(app, by, made.id, p).await {
            Ok(()) => {}
            Err(Error::Refused(problems)) => {
                refused.push((i, problems.first().map_or(String::new(), |p| p.field.clone())))
            }
            Err(e) => return Err(e),
        }
    }
    Ok(Loaded { index: c.index, case_id: made.id, number: made.number, refused })
}

async fn one(app: &App, by: &Actor, case_id: Uuid, p: &DemoPaper) -> Result<()> {
    let facts = serde_json::to_value(&p.paper).map_err(|e| Error::Broken(e.into()))?;
    let view = paper::add(app, by, case_id, facts).await?;
    if let Some((w, h)) = p.scan {
        paper::attach_scan(app, by, case_id, view.id, picture(w, h).map_err(Error::Broken)?).await?;
    }
    Ok(())
}

/// Bytes of a page that carry ink: enough for a legible scan, little enough for some hundred of them.
const INK: usize = 24_000;

/// A page of this many pixels with a speckled head, since a blank one is (rightly) called illegible.
pub fn picture(width: u32, height: u32) -> anyhow::Result<Bytes> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header()?;
    let mut page = vec![0xff; width.div_ceil(8) as usize * height as usize];
    let mut speck = 0x2545_f491_u32;
    for byte in page.iter_mut().take(INK) {
        speck = speck.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = (speck >> 24) as u8;
    }
    writer.write_image_data(&page)?;
    writer.finish()?;
    Ok(out.into())
}
