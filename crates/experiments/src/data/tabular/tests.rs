use super::*;

fn loaded(file: &str, text: &str, class: &str) -> Result<Dataset, DataError> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(file), text).unwrap();
    load(file, class, &Places::default(), folder.path()).map(|(set, _)| set)
}

/// What the encoding of the table `text` makes of a file of `rows`.
fn read(text: &str, rows: &str) -> Result<Vec<f32>, DataError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::write(&path, text).unwrap();
    let (_, encoding) = load("t.csv", "", &Places::default(), folder.path()).unwrap();
    std::fs::write(&path, rows).unwrap();
    Ok(encoding.read(&path)?.values().to_vec())
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect::<Vec<_>>().join("\n") + "\n"
}

/// Twenty rows: a number, a word, a class; in the order of their classes.
fn small(header: &str) -> String {
    let row = |row: usize| format!("{},{},{}", row, ["blue", "red"][row % 2], if row < 10 { "no" } else { "yes" });
    header.to_owned() + &lines(20, row)
}

fn all(set: &Dataset) -> [&Part; 3] {
    [set.train(), set.validation(), set.test()]
}

#[test]
fn rows_are_divided_within_classes_and_none_is_lost() {
    for header in ["", "size,colour,answer\n"] {
        let set = loaded("t.csv", &small(header), "").unwrap();
        assert_eq!((set.features(), set.classes()), (3, 2));
        assert_eq!(all(&set).map(|part| set.class_counts(part)), [vec![6, 6], vec![2, 2], vec![2, 2]]);
        // The number tells the row, so its word and its class must be those of that row.
        let mut numbers = Vec::new();
        for part in all(&set) {
            for row in 0..part.len() {
                let [number, blue, red] = set.row(part, row) else { panic!("three inputs") };
                assert_eq!(blue + red, 1.0);
                numbers.push((*number, *red == 1.0, part.labels()[row]));
            }
        }
        numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
        let expected: Vec<_> = (0..20_u32).map(|row| (row % 2 == 1, u32::from(row >= 10))).collect();
        assert_eq!(numbers.iter().map(|&(_, red, label)| (red, label)).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn numbers_are_standardised_by_the_training_part_alone() {
    let set = loaded("t.csv", &small(""), "").unwrap();
    let of = |part: &Part| -> Vec<f64> { (0..part.len()).map(|row| f64::from(set.row(part, row)[0])).collect() };
    let train = of(set.train());
    let mean = train.iter().sum::<f64>() / 12.0;
    let deviation = (train.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / 12.0).sqrt();
    assert!(mean.abs() < 1e-6 && (deviation - 1.0).abs() < 1e-6, "{mean} {deviation}");
    assert!(of(set.test()).iter().sum::<f64>().abs() > 1e-3);
}

#[test]
fn rows_to_predict_are_read_as_the_table_was() {
    let text = small("size,colour,answer\n");
    let (set, encoding) = {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("t.csv"), &text).unwrap();
        load("t.csv", "", &Places::default(), folder.path()).unwrap()
    };
    assert_eq!(encoding.classes(), ["no", "yes"]);
    // The table itself, read row by row, has the rows of its parts.
    let found = read(&text, &text).unwrap();
    let mut found: Vec<Vec<f32>> = found.chunks(3).map(<[f32]>::to_vec).collect();
    let rows = all(&set).into_iter().flat_map(|part| (0..part.len()).map(|row| set.row(part, row).to_vec()));
    let mut expected: Vec<Vec<f32>> = rows.collect();
    for rows in [&mut found, &mut expected] {
        rows.sort_by(|a, b| a[0].total_cmp(&b[0]));
    }
    assert_eq!(found, expected);
    // By name in any order, by place with and without the class, something missing.
    let whole = read(&text, "3,red,yes\n5,blue,no\n").unwrap();
    assert_eq!(whole, read(&text, "colour,other,size\nred,1,3\nblue,2,5\n").unwrap());
    assert_eq!(whole, read(&text, "3,red\n5,blue\n").unwrap());
    assert_eq!(read(&text, "?,\n").unwrap(), [0.0; 3]);
    for (rows, said) in [
        ("3,green\n", "line 1, column 2: found `green`, expected a word that this column of the table has"),
        ("size,answer\n3,no\n", "no column `colour`; it has size, answer"),
        ("size,colour\n3\n", "line 2: found 1 columns, expected 2 as in the header"),
        ("3,red,yes,4\n", "line 1: found 4 columns, expected 2 (or 3 with the class)"),
        ("size,colour\n", "holds no"),
        ("3,red\nx,red\n", "line 2, column 1: found `x`, expected a number"),
    ] {
        let error = read(&text, rows).unwrap_err().to_string();
        assert!(error.contains(said), "{rows:?}: {error}");
    }
}

#[test]
fn arff_says_the_same_as_csv() {
    let head =
        "@relation r\n@attribute size numeric\n@attribute colour {blue,red}\n@attribute answer {no,yes}\n@data\n";
    let (arff, csv) = (loaded("t.arff", &(head.to_owned() + &small("")), ""), loaded("t.csv", &small(""), ""));
    let (arff, csv) = (arff.unwrap(), csv.unwrap());
    assert_eq!(all(&arff), all(&csv));
}

#[test]
fn the_class_is_any_column_by_name_or_number() {
    let text = small("size,colour,answer\n");
    let by_name = loaded("t.csv", &text, "colour").unwrap();
    assert_eq!((by_name.features(), by_name.classes()), (3, 2));
    assert_eq!(all(&by_name), all(&loaded("t.csv", &text, "2").unwrap()));
    let error = loaded("t.csv", &text, "color").unwrap_err().to_string();
    assert!(error.contains("no column `color`; it has size, colour, answer"), "{error}");
    // Numbers are classes in the order of their size.
    let numbers = lines(10, |row| format!("{row},{}", [10, 9][row % 2]));
    let set = loaded("t.csv", &numbers, "").unwrap();
    assert_eq!(set.classes(), 2);
}

#[test]
fn what_is_missing_is_the_mean_or_no_word() {
    let text = lines(10, |row| format!("{},{},{}", row, ["a", "b"][row % 2], row % 2));
    let text = text.replace("3,b,1", "?,?,1");
    let set = loaded("t.csv", &text, "").unwrap();
    let rows = || all(&set).into_iter().flat_map(|part| (0..part.len()).map(|row| set.row(part, row)));
    assert_eq!(rows().filter(|row| row[1..] == [0.0, 0.0]).map(|row| row[0]).collect::<Vec<_>>(), [0.0]);
}

#[test]
fn bad_tables_are_named_by_line_and_column() {
    for (text, said) in [
        ("1,a\n2,b\nx,a\n", "line 3, column 1: found `x`, expected a number"),
        ("size,class\n1,a\n2,?\n", "line 3, column 2: found `no class`"),
        ("1,a\n2\n", "line 2: found 1 columns"),
        ("1,a\n2,b,c\n1,a\n2,b,c\n", "columns, expected"),
        ("inf,a\n2,b\n", "expected a finite number"),
        ("size,class\n", "holds no"),
        ("", "holds no"),
        ("1,a\n2,b\n", "validation part"),
        ("a\nb\n", "inputs"),
    ] {
        let error = loaded("t.csv", text, "").unwrap_err().to_string();
        assert!(error.contains(said), "{text:?}: {error}");
    }
    let error = load("irises", "", &Places::default(), Path::new("nowhere")).unwrap_err().to_string();
    assert!(error.contains("no table `irises`") && error.contains("breast-cancer, electricity, iris, wine"), "{error}");
}

#[test]
fn the_published_tables_are_as_they_say() {
    let Some(root) = std::env::var_os("LIVENET_DATA") else {
        println!("skipped: set LIVENET_DATA to a folder with tabular/ and streams/");
        return;
    };
    let places = Places::new(vec![root.into()]);
    for (name, rows, features, classes) in
        [("breast-cancer", 569, 30, 2), ("electricity", 45_312, 6, 2), ("iris", 150, 4, 3), ("wine", 178, 13, 3)]
    {
        let (set, _) = load(name, "", &places, Path::new("")).unwrap();
        let found = (all(&set).map(Part::len).iter().sum::<usize>(), set.features(), set.classes());
        assert_eq!(found, (rows, features, classes), "{name}");
    }
}
