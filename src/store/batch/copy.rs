//! Verdicts and findings of a chunk in by binary COPY.

use super::super::verification::FindingRow;
use sqlx::PgConnection;
use uuid::Uuid;

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const INTO_VERIFICATION: &str =
    "copy run_verification (run_id, chunk, place, zone, parcel_id, version, outcome, digest, quiet, fault)
  from stdin (format binary)";
const INTO_FINDING: &str = "copy run_finding (run_id, chunk, place, no, check_id, subject, verdict, effect, certainty, measured, allowed, unit,
  area_low, area_high, layer_version_id, rule) from stdin (format binary)";

/// Rows in PostgreSQL's binary COPY format.
#[derive(Debug)]
struct Rows {
    bytes: Vec<u8>,
}

impl Rows {
    fn new() -> Self {
        Self { bytes: SIGNATURE.to_vec() }
    }
    fn row(&mut self, fields: i16) {
        self.bytes.extend_from_slice(&fields.to_be_bytes());
    }
    fn field(&mut self, value: Option<&[u8]>) {
        match value {
            None => self.bytes.extend_from_slice(&(-1i32).to_be_bytes()),
            Some(v) => {
                self.bytes.extend_from_slice(&(v.len() as i32).to_be_bytes());
                self.bytes.extend_from_slice(v);
            }
        }
    }
    fn text(&mut self, value: Option<&str>) {
        self.field(value.map(str::as_bytes));
    }
    fn number(&mut self, value: Option<f64>) {
        self.field(value.map(f64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice));
    }
    fn finish(mut self) -> Vec<u8> {
        self.bytes.extend_from_slice(&(-1i16).to_be_bytes());
        self.bytes
    }
}

/// A verdict as it is kept.
#[derive(Debug, Clone)]
pub struct NewVerdict<'a> {
    pub zone: i32,
    pub parcel_id: Uuid,
    pub version: Option<i32>,
    pub outcome: Option<&'a str>,
    pub digest: Option<&'a [u8; 32]>,
    pub quiet: Option<i16>,
    pub fault: Option<&'a str>,
}

/// Both tables' rows of a chunk, ready to be sent.
#[derive(Debug)]
pub struct ChunkRows {
    run: Uuid,
    chunk: i32,
    verdicts: Rows,
    findings: Rows,
}

impl ChunkRows {
    pub fn new(run: Uuid, chunk: i32) -> Self {
        Self { run, chunk, verdicts: Rows::new(), findings: Rows::new() }
    }

    pub fn verdict(&mut self, place: i16, v: &NewVerdict<'_>) {
        let out = &mut self.verdicts;
        out.row(10);
        out.field(Some(self.run.as_bytes()));
        out.field(Some(&self.chunk.to_be_bytes()));
        out.field(Some(&place.to_be_bytes()));
        out.field(Some(&v.zone.to_be_bytes()));
        out.field(Some(v.parcel_id.as_bytes()));
        out.field(v.version.map(i32::to_be_bytes).as_ref().map(<[u8; 4]>::as_slice));
        out.text(v.outcome);
        out.field(v.digest.map(<[u8; 32]>::as_slice));
        out.field(v.quiet.map(i16::to_be_bytes).as_ref().map(<[u8; 2]>::as_slice));
        out.text(v.fault);
    }

    pub fn finding(&mut self, place: i16, no: i16, f: &FindingRow) {
        let out = &mut self.findings;
        out.row(16);
        out.field(Some(self.run.as_bytes()));
        out.field(Some(&self.chunk.to_be_bytes()));
        out.field(Some(&place.to_be_bytes()));
        out.field(Some(&no.to_be_bytes()));
        for text in [&f.check_id, &f.subject, &f.verdict, &f.effect] {
            out.text(Some(text));
        }
        out.text(f.certainty.as_deref());
        out.number(f.measured);
        out.number(f.allowed);
        out.text(f.unit.as_deref());
        out.number(f.area_low);
        out.number(f.area_high);
        out.field(f.layer_version_id.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice));
        out.text(f.rule.as_deref());
    }

    /// Writes all of it in the caller's transaction.
    pub async fn write(self, conn: &mut PgConnection) -> sqlx::Result<()> {
        for (statement, rows) in [(INTO_VERIFICATION, self.verdicts), (INTO_FINDING, self.findings)] {
            let mut copy = conn.copy_in_raw(statement).await?;
            copy.send(rows.finish()).await?;
            copy.finish().await?;
        }
        Ok(())
    }
}
