//! What every neuron says to a few validation samples, or over a few cycles.

use crate::{
    config::Checked,
    plots::{ActivityRaster, RasterGroup},
};
use livenet_core::{ExecError, Executor, Window};
use livenet_train::{
    Session,
    session::{Answers, Batch},
};

/// Columns of the raster.
const COLUMNS: usize = 64;

/// The raster of the first samples, in the order of their classes; for a task over time, of the first
/// cycles of the first sequence. The executor's state is silence afterwards.
///
/// # Errors
/// [`ExecError::NonFinite`] for a network that diverged.
pub(super) fn raster(checked: &Checked, session: &mut Session) -> Result<ActivityRaster, ExecError> {
    let batch = checked.task().validation();
    let over_time = batch.cycles > 1;
    let network = session.network().clone();
    let executor = session.executor_mut();
    executor.reset();
    let mut columns: Vec<Vec<f32>> = Vec::new();
    let recall = |executor: &dyn Executor| -> Vec<Vec<f32>> {
        network.neuron_rows().map(|row| executor.recall(&network, 0, row).unwrap_or_default()).collect()
    };
    if over_time {
        let width = batch.inputs.len() / (batch.cycles * batch.lanes);
        for cycle in 0..batch.cycles.min(COLUMNS) {
            let at = cycle * batch.lanes * width;
            executor.forward(&network, Window { cycles: 1, lanes: 1, values: &batch.inputs[at..at + width] }, None)?;
            columns.push(recall(executor).iter().map(|lanes| lanes.first().copied().unwrap_or(f32::NAN)).collect());
        }
    } else {
        let (lanes, values) = by_class(batch);
        executor.forward(&network, Window { cycles: 1, lanes, values: &values }, None)?;
        let said = recall(executor);
        columns = (0..lanes)
            .map(|lane| said.iter().map(|lanes| lanes.get(lane).copied().unwrap_or(f32::NAN)).collect())
            .collect();
    }
    executor.reset();
    let values = (0..network.neuron_count()).flat_map(|row| columns.iter().map(move |column| column[row])).collect();
    let groups = network
        .group_ids()
        .map(|group| RasterGroup { name: network.group(group).name.clone(), neurons: network.members(group).len() });
    Ok(ActivityRaster {
        groups: groups.collect(),
        columns: columns.len(),
        values,
        column_label: if over_time { "cycle".into() } else { "sample, in the order of classes".into() },
        value_label: "output".into(),
    })
}

/// The first samples of a batch of one cycle, ordered by class.
fn by_class(batch: &Batch) -> (usize, Vec<f32>) {
    let width = batch.inputs.len() / batch.lanes;
    let mut samples: Vec<usize> = (0..batch.lanes.min(COLUMNS)).collect();
    if let Answers::Labels(labels) = &batch.answers {
        samples.sort_by_key(|&sample| labels[sample]);
    }
    let values =
        samples.iter().flat_map(|&sample| &batch.inputs[sample * width..(sample + 1) * width]).copied().collect();
    (samples.len(), values)
}
