//! `livenet` with the strategy `quiet` in it.

fn main() -> std::process::ExitCode {
    livenet_experiments::main(quiet::registry())
}
