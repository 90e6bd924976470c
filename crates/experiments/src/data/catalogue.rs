//! Every data set that has a name, in alphabetical order, with where it comes from and under which licence.
//!
//! Invariant: the name, size and SHA-256 of a file here are its publisher's; loading, fetching and verifying all
//! compare with these.

use super::error::DataError;

/// One published file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceFile {
    /// The publisher's name for it.
    pub name: &'static str,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its SHA-256, 64 lower-case hexadecimal digits.
    pub sha256: &'static str,
}

/// How a data set is read and what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Images with labels, part of the program.
    Embedded,
    /// Images with labels, in four IDX files: training images and labels, test images and labels.
    Images,
    /// Numbers in time order, in one CSV file.
    Series,
    /// Samples in rows, in one CSV file, the class in its last column.
    Table,
}

/// One data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// What a configuration calls it.
    pub name: &'static str,
    /// One line: what it is, and its split.
    pub summary: &'static str,
    /// Who made it and where it is published.
    pub source: &'static str,
    /// The terms it is published under.
    pub licence: &'static str,
    /// How it is read.
    pub kind: Kind,
    /// Its folder below a data root.
    pub folder: &'static str,
    /// Its files, in the order that the loader reads them.
    pub files: &'static [SourceFile],
    /// Addresses below which the files are published, in the order tried; each ends in a slash.
    pub mirrors: &'static [&'static str],
}

/// The known data sets, alphabetical.
pub const ALL: &[Entry] = &[
    Entry {
        name: "breast-cancer",
        summary: "569 tumours by 30 measures of their cells, 2 classes: malignant, benign",
        source: "W. H. Wolberg, O. L. Mangasarian, W. N. Street, UCI, 1995, doi 10.24432/C5DW2B; as in scikit-learn",
        licence: "CC BY 4.0",
        kind: Kind::Table,
        folder: "tabular",
        files: &[SourceFile {
            name: "breast_cancer.csv",
            bytes: 119_913,
            sha256: "fed3eb72d0575ef6192293f5093c6e801b1476b577d0386bf4455504522172ed",
        }],
        mirrors: &["https://raw.githubusercontent.com/scikit-learn/scikit-learn/HEAD/sklearn/datasets/data/"],
    },
    Entry {
        name: "daily-min-temperatures",
        summary: "3650 daily minimum temperatures in Melbourne, 1981 to 1990, in degrees Celsius",
        source: "Australian Bureau of Meteorology, in the Time Series Data Library; copy in github.com/jbrownlee/Datasets",
        licence: "none stated",
        kind: Kind::Series,
        folder: "timeseries",
        files: &[SourceFile {
            name: "daily-min-temperatures.csv",
            bytes: 67_921,
            sha256: "8b9de63ed6789492bf497625e7f9beb96a63d367b4b0a21754006f749fa5e5da",
        }],
        mirrors: &["https://raw.githubusercontent.com/jbrownlee/Datasets/d20fcb6402ae34e653d4513b00f39257bb37ed7f/"],
    },
    Entry {
        name: "digits",
        summary: "8x8 handwritten digits, 10 classes: 3058 training, 765 validation, 1797 test by other writers; embedded",
        source: "E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998, doi 10.24432/C50P49",
        licence: "CC BY 4.0",
        kind: Kind::Embedded,
        folder: "digits",
        files: &[
            SourceFile {
                name: "optdigits.tra.csv.gz",
                bytes: 112_473,
                sha256: "8a8d95daa5a2d60207e90b3c72f6ca8c5c3b9b350c059f5bdaeb63b01e3f1ed1",
            },
            SourceFile {
                name: "optdigits.tes.csv.gz",
                bytes: 53_379,
                sha256: "34af3b9b1a8afa599fef9fa56f4d7d4933c3e969bdf02f3fa698213eb8c8adec",
            },
        ],
        mirrors: &[],
    },
    Entry {
        name: "electricity",
        summary: "45312 half-hours of the market of New South Wales, 1996 to 1998, by 6 measures, 2 classes: the price falls, rises",
        source: "M. Harries, Splice-2 comparative evaluation, 1999; copy in github.com/scikit-multiflow/streaming-datasets",
        licence: "none stated",
        kind: Kind::Table,
        folder: "streams",
        files: &[SourceFile {
            name: "elec.csv",
            bytes: 3_200_586,
            sha256: "cdf901433885f29eca6911f70c0eeafb50d90596c879c30c5b99f5a2e8e734ff",
        }],
        mirrors: &["https://raw.githubusercontent.com/scikit-multiflow/streaming-datasets/HEAD/"],
    },
    Entry {
        name: "fashion-mnist",
        summary: "28x28 pictures of clothing, 10 classes: 55000 training, 5000 validation, 10000 test",
        source: "H. Xiao, K. Rasul, R. Vollgraf, Zalando SE, 2017, github.com/zalandoresearch/fashion-mnist",
        licence: "MIT",
        kind: Kind::Images,
        folder: "fashion-mnist",
        files: &[
            SourceFile {
                name: "train-images-idx3-ubyte.gz",
                bytes: 26_421_880,
                sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            },
            SourceFile {
                name: "train-labels-idx1-ubyte.gz",
                bytes: 29_515,
                sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            },
            SourceFile {
                name: "t10k-images-idx3-ubyte.gz",
                bytes: 4_422_102,
                sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            },
            SourceFile {
                name: "t10k-labels-idx1-ubyte.gz",
                bytes: 5_148,
                sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
            },
        ],
        // The first is served without encryption; the SHA-256 is what protects.
        mirrors: &[
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/HEAD/data/fashion/",
        ],
    },
    Entry {
        name: "iris",
        summary: "150 irises by 4 lengths, 3 classes: setosa, versicolor, virginica",
        source: "R. A. Fisher, 1936, UCI, doi 10.24432/C56C76; as in scikit-learn",
        licence: "CC BY 4.0",
        kind: Kind::Table,
        folder: "tabular",
        files: &[SourceFile {
            name: "iris.csv",
            bytes: 2_734,
            sha256: "f13ffa8fdd56fd8e6c8d16d4081a3fbd3114bcd0aae4256c43205169cd9d1449",
        }],
        mirrors: &["https://raw.githubusercontent.com/scikit-learn/scikit-learn/HEAD/sklearn/datasets/data/"],
    },
    Entry {
        name: "mnist",
        summary: "28x28 handwritten digits, 10 classes: 55000 training, 5000 validation, 10000 test",
        source: "Y. LeCun, C. Cortes, C. J. C. Burges, The MNIST database of handwritten digits, 1998",
        licence: "CC BY-SA 3.0, as commonly stated",
        kind: Kind::Images,
        folder: "mnist",
        files: &[
            SourceFile {
                name: "train-images-idx3-ubyte.gz",
                bytes: 9_912_422,
                sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            },
            SourceFile {
                name: "train-labels-idx1-ubyte.gz",
                bytes: 28_881,
                sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            },
            SourceFile {
                name: "t10k-images-idx3-ubyte.gz",
                bytes: 1_648_877,
                sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            },
            SourceFile {
                name: "t10k-labels-idx1-ubyte.gz",
                bytes: 4_542,
                sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            },
        ],
        mirrors: &[
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
        ],
    },
    Entry {
        name: "santafe",
        summary: "10093 intensities, 0 to 255, of a chaotic ammonia laser: set A of the Santa Fe competition, continued",
        source: "U. Huebner, N. B. Abraham, C. O. Weiss, 1989; Santa Fe competition, 1991; copy in github.com/steven2358/kafbox",
        licence: "none stated",
        kind: Kind::Series,
        folder: "timeseries",
        files: &[SourceFile {
            name: "santafe.dat",
            bytes: 31_693,
            sha256: "2445f3df2b91cfb41c3f4f1143e8882e8329b9449ec7ffc739c6d4bd5c6650a0",
        }],
        mirrors: &[
            "https://raw.githubusercontent.com/steven2358/kafbox/694cf94df02a9728a90d7bacda1a8520b425f86f/data/",
        ],
    },
    Entry {
        name: "sunspots",
        summary: "309 yearly sunspot numbers, 1700 to 2008",
        source: "US National Geophysical Data Center, as in statsmodels/datasets/sunspots",
        licence: "public domain",
        kind: Kind::Series,
        folder: "timeseries",
        files: &[SourceFile {
            name: "sunspots.csv",
            bytes: 2_944,
            sha256: "f67889b1d9002cd5227f0e0ef54e35b419cdd85a31279adef6f73fb41e5c0a9b",
        }],
        mirrors: &["https://raw.githubusercontent.com/statsmodels/statsmodels/HEAD/statsmodels/datasets/sunspots/"],
    },
    Entry {
        name: "wine",
        summary: "178 wines by 13 measures, 3 classes: cultivars",
        source: "S. Aeberhard, M. Forina, UCI, 1992, doi 10.24432/C5PC7J; as in scikit-learn",
        licence: "CC BY 4.0",
        kind: Kind::Table,
        folder: "tabular",
        files: &[SourceFile {
            name: "wine_data.csv",
            bytes: 11_157,
            sha256: "10e8a802908b34f86e5da8ce962f3c806694bc98450a18f61851af59f324bede",
        }],
        mirrors: &["https://raw.githubusercontent.com/scikit-learn/scikit-learn/HEAD/sklearn/datasets/data/"],
    },
];

/// The data set of this name.
///
/// # Errors
/// [`DataError::Unknown`], which lists the known names.
pub fn entry(name: &str) -> Result<&'static Entry, DataError> {
    ALL.iter()
        .find(|entry| entry.name == name)
        .ok_or_else(|| DataError::Unknown { name: name.to_owned(), known: names(|_| true) })
}

/// The names of the data sets that `wanted` picks, with commas.
pub fn names(wanted: impl Fn(&Entry) -> bool) -> String {
    let names: Vec<_> = ALL.iter().filter(|entry| wanted(entry)).map(|entry| entry.name).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_alphabetical_and_unique() {
        assert!(ALL.windows(2).all(|pair| pair[0].name < pair[1].name));
    }

    #[test]
    fn every_entry_is_complete() {
        for entry in ALL {
            assert!(!entry.files.is_empty(), "{}", entry.name);
            assert_eq!(entry.mirrors.is_empty(), entry.kind == Kind::Embedded, "{}", entry.name);
            assert!(entry.mirrors.iter().all(|mirror| mirror.ends_with('/')), "{}", entry.name);
            for text in [entry.summary, entry.source, entry.licence] {
                assert!(!text.is_empty() && !text.contains('\n'), "{}", entry.name);
            }
            for file in entry.files {
                let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
                assert!(file.sha256.len() == 64 && digits(file.sha256), "{}", file.name);
            }
            assert_eq!(entry.files.len() == 4, entry.kind == Kind::Images, "{}", entry.name);
        }
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let error = entry("minst").unwrap_err().to_string();
        assert!(error.contains("`minst`") && error.contains("digits, electricity, fashion-mnist"), "{error}");
    }
}
