//! Classification of the rows of a table.

use super::{TaskEntry, samples};
use crate::data::tabular;
use livenet_growth::Setting;

pub(super) const ENTRY: TaskEntry = TaskEntry {
    name: "table",
    summary: "the class of a table's rows (a known name, or a CSV or ARFF file of yours)",
    settings: &[
        Setting {
            name: "name",
            default: "breast-cancer",
            about: "a known table (`livenet data list`), or the path of a CSV or ARFF file from the experiment file's folder",
        },
        Setting {
            name: "class",
            default: "\"\"",
            about: "the column of the class, by name or number from 1; empty: the last",
        },
        samples::TRAIN,
    ],
    build: |settings, setup| {
        let name = settings.text("name", "breast-cancer")?;
        let class = settings.text("class", "")?;
        let shared = format!("table {} {name} {class}", setup.folder.display());
        let load = || {
            let (data, encoding) = tabular::load(&name, &class, &setup.places, &setup.folder)?;
            Ok((data, Some(encoding)))
        };
        samples::build(&shared, load, None, settings, setup)
    },
};
