//! A new migration must be seen by `sqlx::migrate!`, which only watches the files it already knows.
fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
