//! Verdicts and findings of a chunk in by binary COPY, their few kinds by a plain statement.

use super::super::verification::FindingRow;
use sqlx::PgConnection;
use uuid::Uuid;

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const INTO_VERIFICATION: &str =
    "copy run_verification (run_id, chunk, place, zone, parcel_id, version, outcome, digest, quiet, fault,
  finding_no, finding_kind, measured, allowed, area_low, area_high) from stdin (format binary)";
/// Types by their numbers in PostgreSQL's catalogue.
const INT2: i32 = 21;
const INT4: i32 = 23;
const FLOAT8: i32 = 701;

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
    /// A list of one dimension, numbered from 1.
    fn list<const N: usize>(&mut self, kind: i32, items: impl ExactSizeIterator<Item = Option<[u8; N]>> + Clone) {
        let at = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 4]);
        let nulls = items.clone().any(|i| i.is_none());
        let head = [i32::from(items.len() > 0), i32::from(nulls), kind];
        self.bytes.extend(head.iter().flat_map(|n| n.to_be_bytes()));
        if items.len() > 0 {
            self.bytes.extend([items.len() as i32, 1].iter().flat_map(|n| n.to_be_bytes()));
        }
        items.for_each(|item| self.field(item.as_ref().map(<[u8; N]>::as_slice)));
        let length = (self.bytes.len() - at - 4) as i32;
        self.bytes[at..at + 4].copy_from_slice(&length.to_be_bytes());
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
    pub findings: &'a [NewFinding],
}

/// A finding that weighs: place in the record, place of its kind in the chunk, numbers.
#[derive(Debug, Clone, Copy)]
pub struct NewFinding {
    pub no: i16,
    pub kind: i32,
    pub measured: Option<f64>,
    pub allowed: Option<f64>,
    /// m².
    pub area_low: Option<f64>,
    pub area_high: Option<f64>,
}

/// Both tables' rows of a chunk, ready to be sent.
#[derive(Debug)]
pub struct ChunkRows {
    run: Uuid,
    chunk: i32,
    verdicts: Rows,
    /// By their places.
    kinds: Vec<FindingRow>,
}

impl ChunkRows {
    pub fn new(run: Uuid, chunk: i32) -> Self {
        Self { run, chunk, verdicts: Rows::new(), kinds: vec![] }
    }

    pub fn verdict(&mut self, place: i16, v: &NewVerdict<'_>) {
        let out = &mut self.verdicts;
        out.row(16);
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
        out.list(INT2, v.findings.iter().map(|f| Some(f.no.to_be_bytes())));
        out.list(INT4, v.findings.iter().map(|f| Some(f.kind.to_be_bytes())));
        let numbers: [fn(&NewFinding) -> Option<f64>; 4] =
            [|f| f.measured, |f| f.allowed, |f| f.area_low, |f| f.area_high];
        for number in numbers {
            out.list(FLOAT8, v.findings.iter().map(|f| number(f).map(f64::to_be_bytes)));
        }
    }

    /// The next kind of findings, by one of them.
    pub fn kind(&mut self, f: FindingRow) {
        self.kinds.push(f);
    }

    /// Writes all of it in the caller's transaction.
    pub async fn write(self, conn: &mut PgConnection) -> sqlx::Result<()> {
        let mut copy = conn.copy_in_raw(INTO_VERIFICATION).await?;
        copy.send(self.verdicts.finish()).await?;
        copy.finish().await?;
        write_kinds(conn, self.run, self.chunk, &self.kinds).await
    }
}

async fn write_kinds(conn: &mut PgConnection, run: Uuid, chunk: i32, kinds: &[FindingRow]) -> sqlx::Result<()> {
    let texts = |of: fn(&FindingRow) -> &String| kinds.iter().map(|f| of(f).as_str()).collect::<Vec<_>>();
    let words = |of: fn(&FindingRow) -> &Option<String>| kinds.iter().map(|f| of(f).as_deref()).collect::<Vec<_>>();
    sqlx::query(
        "insert into run_finding_kind (run_id, chunk, kind, check_id, subject, verdict, effect, certainty, unit, layer_version_id, rule)
         select $1, $2, k.place - 1, k.check_id, k.subject, k.verdict, k.effect, k.certainty, k.unit, k.layer_version_id, k.rule
           from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[], $10::text[])
                with ordinality k(check_id, subject, verdict, effect, certainty, unit, layer_version_id, rule, place)",
    )
    .bind(run)
    .bind(chunk)
    .bind(texts(|f| &f.check_id))
    .bind(texts(|f| &f.subject))
    .bind(texts(|f| &f.verdict))
    .bind(texts(|f| &f.effect))
    .bind(words(|f| &f.certainty))
    .bind(words(|f| &f.unit))
    .bind(kinds.iter().map(|f| f.layer_version_id).collect::<Vec<_>>())
    .bind(words(|f| &f.rule))
    .execute(conn)
    .await?;
    Ok(())
}
