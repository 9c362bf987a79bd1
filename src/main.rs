//! The program: the server half hands over to the command line, the browser half has no main.
#[cfg(feature = "ssr")]
fn main() -> std::process::ExitCode {
    heddle::cli::main()
}

#[cfg(not(feature = "ssr"))]
fn main() {}
