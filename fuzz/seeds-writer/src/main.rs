//! Writes what fuzzing begins with into `corpus/`: the files of this repository, in the form in which targets read them.

use flate2::read::GzDecoder;
use livenet_core::testing::{RecordKind, unframe};
use std::{fs, io::Read as _, path::Path};

type Done = Result<(), Box<dyn std::error::Error>>;

fn put(target: &str, name: &str, parts: &[&[u8]]) -> Done {
    let folder = Path::new("corpus").join(target);
    fs::create_dir_all(&folder)?;
    Ok(fs::write(folder.join(name), parts.concat())?)
}

fn texts(target: &str, folder: &str, ending: &str) -> Done {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == ending) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            put(target, &format!("seed-{name}"), &[&fs::read(&path)?])?;
        }
    }
    Ok(())
}

fn main() -> Done {
    let kept = Path::new("../crates/experiments/tests/formats/1");
    texts("config", "../experiments", "toml")?;
    texts("config", "seeds/config", "toml")?;
    texts("sweep", "seeds/sweep", "toml")?;
    put("config", "seed-kept.toml", &[&fs::read(kept.join("config.toml"))?])?;

    let journal = fs::read(kept.join("journal.bin"))?;
    let mut framed = vec![1];
    for (kind, payload) in unframe(&journal)? {
        framed.push(match kind {
            RecordKind::Entry => 0,
            RecordKind::Keyframe => 1,
            RecordKind::Seal => 2,
        });
        framed.extend_from_slice(&u16::try_from(payload.len())?.to_le_bytes());
        framed.extend_from_slice(payload);
    }
    put("journal", "seed-bytes", &[&[0], &journal])?;
    put("journal", "seed-framed", &[&framed])?;

    let checkpoint = fs::read(kept.join("checkpoints/final.ckpt"))?;
    put("checkpoint", "seed-bytes", &[&[0], &checkpoint])?;
    // Behind the word, the version and the digest.
    put("checkpoint", "seed-body", &[&[1], &checkpoint[40..]])?;

    put("idx", "seed-labels", &[&[1, 0, 0, 8, 1, 0, 0, 0, 5], &[7; 5]])?;
    put("idx", "seed-images", &[&[1, 0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 2], &[9; 12]])?;
    let mut packer =
        flate2::bufread::GzEncoder::new(&[0, 0, 8, 1, 0, 0, 0, 5, 1, 2, 3, 4, 5][..], flate2::Compression::fast());
    let mut packed = Vec::new();
    packer.read_to_end(&mut packed)?;
    GzDecoder::new(&packed[..]).read_to_end(&mut Vec::new())?;
    put("idx", "seed-packed", &[&[0], &packed])?;

    texts("arff", "seeds/arff", "arff")?;
    for (columns, name, text) in [
        (2, "matrix", "1,2\n3,4.5\n"),
        (3, "spaces", "# a remark\n1 2 -3e4\n\n4 5 6\n"),
        (1, "series", "date,value\n2020-01-01,1.5\n2020-02-01,2.5\n"),
    ] {
        put("csv", &format!("seed-{name}"), &[&[columns], text.as_bytes()])?;
    }
    let mut head = b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }".to_vec();
    head.resize(127, b' ');
    head.push(b'\n');
    put("csv", "seed-array", &[&[2], &head, &[0; 16]])?;

    for (at, text) in [
        "0 1 | 2 3:tanh | 4 : 0>2 0.5; 1>2 -1 ~2; 2>4 1 silent; 3>3 .5 frozen",
        "0 1 | 2:leaky-tanh=0.5<0,1 3!:relu | 4 : 0>2 0.5\nconnect 0>3 0.5 ~1; disconnect 0>2; rewire 0>2 1>2 0.3 ~1",
        "0 1 | 2 3 | 4 : 0>2 0.5; 2>4 1\ndivide 2 0.5; insert 0>2 1:tanh; renew 3 0.5 0.1; remove 3 0.1; merge 2 3 1.0",
        "0 1 | 2 3 | 4 : 0>2 0.5\ngrow 0>2 0>3 ~1 : 0.5; prune 0>2 0>3; listen 3 0 1 2 : 0.5; add 1:tanh=0.5<0,2",
        "0 1 | 2 3 | 4 : 0>2 0.5\nretune 2:tanh<0,1; mark 0>2 silent; mark 2 frozen; scale 0>2 2; reweigh 0>2 0.1; rebias 2 0.1; perturb 2 0.1",
        "0 | 1 | 2 : 0>1 1\nconnect 1>2 normal 0.1; grow 0>2 0>1 : uniform 0.1",
    ]
    .iter()
    .enumerate()
    {
        put("notation", &format!("seed-{at}"), &[text.as_bytes()])?;
    }
    Ok(())
}
