//! `livenet` with four parts of one's own.

fn main() -> std::process::ExitCode {
    livenet_experiments::main(own::registry())
}
