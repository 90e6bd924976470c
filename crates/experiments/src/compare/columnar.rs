//! The tidy table as Parquet: the same columns as the CSV, with their types.

use super::{
    CompareError,
    tidy::{Cells, Column},
};
use parquet::{
    basic::{LogicalType, Repetition, Type as Physical},
    data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type},
    errors::ParquetError,
    file::{properties::WriterProperties, writer::SerializedFileWriter},
    schema::types::Type,
};
use std::sync::Arc;

/// Encodes columns; counts are signed 64-bit, absent cells null.
///
/// # Errors
/// [`CompareError::Encode`].
pub fn parquet(columns: &[Column]) -> Result<Vec<u8>, CompareError> {
    encode(columns).map_err(|error| CompareError::Encode { form: "Parquet", detail: error.to_string() })
}

fn encode(columns: &[Column]) -> Result<Vec<u8>, ParquetError> {
    let fields = columns.iter().map(|column| field(column).map(Arc::new)).collect::<Result<_, _>>()?;
    let schema = Type::group_type_builder("runs").with_fields(fields).build()?;
    let mut bytes = Vec::new();
    let mut writer =
        SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(WriterProperties::builder().build()))?;
    let mut group = writer.next_row_group()?;
    for column in columns {
        let Some(mut at) = group.next_column()? else { break };
        match &column.cells {
            Cells::Text(cells) => {
                let values: Vec<ByteArray> = cells.iter().flatten().map(|text| text.as_str().into()).collect();
                at.typed::<ByteArrayType>().write_batch(&values, Some(&levels(cells)), None)?;
            }
            Cells::Whole(cells) => {
                let values: Vec<i64> = cells.iter().flatten().map(|count| *count as i64).collect();
                at.typed::<Int64Type>().write_batch(&values, Some(&levels(cells)), None)?;
            }
            Cells::Number(cells) => {
                let values: Vec<f64> = cells.iter().flatten().copied().collect();
                at.typed::<DoubleType>().write_batch(&values, Some(&levels(cells)), None)?;
            }
        }
        at.close()?;
    }
    group.close()?;
    writer.close()?;
    Ok(bytes)
}

fn field(column: &Column) -> Result<Type, ParquetError> {
    let (physical, logical) = match column.cells {
        Cells::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Cells::Whole(_) => (Physical::INT64, None),
        Cells::Number(_) => (Physical::DOUBLE, None),
    };
    Type::primitive_type_builder(&column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()
}

/// 1 for a cell that is there, 0 for one that is not.
fn levels<T>(cells: &[Option<T>]) -> Vec<i16> {
    cells.iter().map(|cell| i16::from(cell.is_some())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::parquet::{
        file::reader::{FileReader as _, SerializedFileReader},
        record::RowAccessor as _,
    };

    #[test]
    fn what_was_written_is_read() {
        let columns = [
            Column { name: "setting".into(), cells: Cells::Text(vec![Some("a,\n\"b\"".into()), None]) },
            Column { name: "seed".into(), cells: Cells::Whole(vec![Some(3), Some(7)]) },
            Column { name: "metrics.test_accuracy".into(), cells: Cells::Number(vec![None, Some(0.1)]) },
        ];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("runs.parquet");
        std::fs::write(&path, parquet(&columns).unwrap()).unwrap();
        let reader = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
        let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].get_string(0).unwrap(), "a,\n\"b\"");
        assert_eq!((rows[0].get_long(1).unwrap(), rows[1].get_long(1).unwrap()), (3, 7));
        assert!(rows[1].get_string(0).is_err() && rows[0].get_double(2).is_err(), "absent");
        assert_eq!(rows[1].get_double(2).unwrap(), 0.1);
    }
}
