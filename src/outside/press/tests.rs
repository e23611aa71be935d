use super::*;
use serde_json::json;
use time::macros::datetime;

/// Every letter of Vietnamese that carries two marks, and some that carry one.
const LETTERS: &str = "ấ ầ ẩ ẫ ậ ắ ằ ẳ ẵ ặ ế ề ể ễ ệ ố ồ ổ ỗ ộ ớ ờ ở ỡ ợ ứ ừ ử ữ ự ỳ ỵ ỷ ỹ đ Đ Ắ Ễ Ợ Ự";

fn press(template: &str) -> Press {
    Press { templates: Arc::new(BTreeMap::from([("test.typ".to_owned(), template.to_owned())])) }
}

fn sheet(data: Value) -> Sheet {
    Sheet {
        template: "test",
        data,
        pictures: vec![(
            "map.svg",
            br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0L9 9" stroke="black"/></svg>"#
                .to_vec(),
        )],
        attachments: vec![Attachment {
            name: "record.json",
            media_type: "application/json",
            description: "bản ghi".into(),
            content: b"{\"a\":1}".to_vec(),
        }],
        ident: "paper/1".into(),
        at: datetime!(2026-11-24 20:00 UTC),
    }
}

const PLAIN: &str = r#"#let sheet(data, body) = {
  set document(title: "Thử")
  set text(font: "Libertinus Serif", lang: "vi")
  [= #data.title]
  image("/map.svg", width: 2cm, alt: "map")
  datetime.today().display()
  body
}"#;

#[test]
fn sets_a_sheet_to_the_same_bytes() {
    let (press, sheet) = (press(PLAIN), sheet(json!({"title": LETTERS})));
    let (first, warnings) = press.set_with_warnings(&sheet).unwrap();
    assert!(first.starts_with(b"%PDF-1.7"));
    assert_eq!(warnings, Vec::<String>::new(), "all letters are in the fonts");
    assert_eq!(press.set(&sheet).unwrap(), first);
    let later = Sheet { at: datetime!(2026-11-25 20:00 UTC), ..sheet };
    assert_ne!(press.set(&later).unwrap(), first);
}

#[test]
fn what_data_says_is_not_markup() {
    for hostile in
        ["#panic(\"x\")", "$ x $", "*b* _i_ `c` @r <l> \\ #{1+1} = h", "] #import \"/x.typ\"", &"x".repeat(4000)]
    {
        press(PLAIN).set(&sheet(json!({"title": hostile}))).unwrap();
    }
}

#[test]
fn faults_are_told_with_their_line() {
    let said = |template: &str| press(template).set(&sheet(json!({}))).unwrap_err().to_string();
    assert_eq!(said(PLAIN), "test.typ:4: dictionary does not contain key \"title\"");
    assert!(said("#let sheet(data, body) = {\n\n  nothing\n}").starts_with("test.typ:3: unknown variable: nothing"));
    let unknown = Sheet { template: "none", ..sheet(json!({})) };
    assert!(matches!(press(PLAIN).set(&unknown), Err(PressError::Unknown(name)) if name == "none"));
}

/// Neither files of the machine nor packages of the network.
#[test]
fn a_template_sees_nothing_else() {
    for reach in [
        "#let sheet(data, body) = { read(\"/etc/passwd\") }",
        "#let sheet(data, body) = { read(\"/../../../etc/passwd\") }",
        "#import \"@preview/cetz:0.3.0\": canvas\n#let sheet(data, body) = {}",
        "#import \"/other.typ\": x\n#let sheet(data, body) = {}",
    ] {
        let e = press(reach).set(&sheet(json!({}))).unwrap_err().to_string();
        assert!(e.starts_with("test.typ:1: "), "{e}");
    }
}

#[test]
fn every_shipped_template_is_there() {
    let press = Press::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/templates")).unwrap();
    assert!(press.templates.contains_key("base.typ") && press.templates.contains_key("report.typ"));
    assert!(matches!(Press::open(Path::new("/no/such/folder")), Err(PressError::Folder { .. })));
}
