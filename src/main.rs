//! The `diaba` program: see `src/cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    diaba::cli::main()
}
