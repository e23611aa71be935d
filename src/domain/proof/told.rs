//! What a file proves, line by line, for people: the same on the command line and on the page `/check`.

use super::{Bundle, Doubt, Keyring, Proven, ReportProof, VERDICT, VerdictProof, carried, check_report};
use crate::domain::verify::text::{Lang, date, message, outcome};
use crate::domain::verify::{Message, Record};

/// What was found of a file.
#[derive(Debug, Clone)]
pub struct Told {
    pub lines: Vec<Message>,
    /// Nothing is in doubt, compared with the keys that were given.
    pub proved: bool,
    /// Digest of the record that was proved.
    pub digest: Option<String>,
}

/// Checks a sealed report, or a proof of a verification or of a run's verdict on one parcel. Without `given` keys it is compared
/// with the key that it names itself, which proves that it is whole, not who made it.
pub fn told(file: &[u8], given: Option<Keyring>, lang: Lang) -> Told {
    let mut telling = Telling { lang, told: Told { lines: vec![], proved: false, digest: None } };
    match telling.file(file, given) {
        Ok(proved) => telling.told.proved = proved,
        Err(doubt) => telling.doubt(&doubt),
    }
    telling.told
}

struct Telling {
    lang: Lang,
    told: Told,
}

impl Telling {
    fn say(&mut self, m: Message) {
        self.told.lines.push(m);
    }

    fn doubt(&mut self, doubt: &Doubt) {
        let said = message(self.lang, &doubt.message());
        self.say(Message::new("proof-doubt").with("doubt", said));
    }

    fn file(&mut self, file: &[u8], given: Option<Keyring>) -> Result<bool, Doubt> {
        let text = std::str::from_utf8(file).ok().filter(|t| t.starts_with('{'));
        if let Some(text) = text.filter(|t| t.contains(VERDICT)) {
            return self.verdict(text, given);
        }
        let bundle = text.map(Bundle::from_json).transpose()?;
        let trusted = given.is_some();
        let keys = match (given, &bundle) {
            (Some(keys), _) => keys,
            (None, Some(bundle)) => bundle.own_keys()?,
            (None, None) => match carried(file)? {
                Some(bundle) => bundle.own_keys()?,
                None => {
                    self.say(Message::new("proof-key-needed"));
                    return Ok(false);
                }
            },
        };
        let holds = match &bundle {
            Some(bundle) => {
                let proven = bundle.check(&keys)?;
                self.record(&proven);
                !matches!(proven.all_opinions, Some(Err(_)))
            }
            None => self.report(&check_report(file, &keys)),
        };
        if holds {
            self.say(compared(trusted));
        }
        Ok(holds && trusted)
    }

    /// A run's verdict on one parcel.
    fn verdict(&mut self, text: &str, given: Option<Keyring>) -> Result<bool, Doubt> {
        let proof = VerdictProof::from_json(text)?;
        let trusted = given.is_some();
        let proven = proof.check(&given.map_or_else(|| proof.own_keys(), Ok)?)?;
        self.whole(&proven.record, &proven.digest);
        self.say(Message::new("proof-verdict").with("run", proof.run.to_string()).with("beside", proven.beside as f64));
        self.say(match &proven.root {
            Some(root) => Message::new("proof-root").with("root", root.as_str()),
            None => Message::new("proof-no-root"),
        });
        self.say(Message::new("proof-key").with("key", proven.key_id.as_str()));
        self.say(compared(trusted));
        Ok(trusted)
    }

    /// Part by part, so that a changed page is told from a changed record. True when everything holds.
    fn report(&mut self, proof: &ReportProof) -> bool {
        match &proof.file {
            Ok(sealed) => {
                self.say(Message::new("proof-file-sealed").with("bytes", sealed.content.len().to_string()));
                self.say(Message::new("proof-key").with("key", sealed.signed.key_id.as_str()));
            }
            Err(doubt) => self.doubt(doubt),
        }
        match &proof.record {
            Ok(Some(proven)) => {
                if proof.file.is_err() {
                    self.say(Message::new("proof-file-changed"));
                }
                self.record(proven);
            }
            Ok(None) => self.say(Message::new("proof-none-carried")),
            Err(doubt) => self.doubt(doubt),
        }
        proof.holds()
    }

    fn record(&mut self, proven: &Proven) {
        self.whole(&proven.record, &proven.digest);
        self.told.digest = Some(proven.digest.clone());
        self.say(Message::new("proof-key").with("key", proven.key_id.as_str()));
        if !proven.opinions.is_empty() {
            self.say(Message::new("proof-opinions").with("count", proven.opinions.len().to_string()));
        }
        match &proven.all_opinions {
            Some(Ok(())) => self.say(Message::new("proof-opinions-all")),
            Some(Err(doubt)) => self.doubt(doubt),
            None => self.say(Message::new("proof-opinions-open")),
        }
    }

    fn whole(&mut self, record: &Record, digest: &str) {
        self.say(Message::new("proof-record-whole"));
        self.say(Message::new("proof-digest").with("digest", digest));
        self.say(Message::new("proof-as-of").with("date", date(self.lang, record.as_of)));
        self.say(Message::new("proof-outcome").with("outcome", outcome(self.lang, record.outcome)));
    }
}

fn compared(trusted: bool) -> Message {
    Message::new(if trusted { "proof-key-given" } else { "proof-key-own" })
}
