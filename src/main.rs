//! The program: hands over to the command line. The browser half is the library alone.
fn main() -> std::process::ExitCode {
    heddle::cli::main()
}
