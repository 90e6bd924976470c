//! What every neuron says to a few validation samples, or over a few cycles.

use crate::{
    config::Checked,
    plots::{ActivityRaster, RasterGroup},
};
use livenet_core::{ExecError, Executor, Role, Window};
use livenet_train::{
    Session,
    session::{Answers, Batch},
};

/// Columns of the raster.
pub(super) const COLUMNS: usize = 64;
/// Samples or cycles over which a neuron's activity is taken.
const SAMPLES: usize = 1024;

/// How active the hidden neurons are, by their mean |output| over validation samples (or cycles): the tenth percentile, the
/// median and the ninetieth. The executor's state is silence afterwards.
pub(crate) fn activity(checked: &Checked, session: &mut Session) -> Option<[f64; 3]> {
    let raster = raster(checked, session, SAMPLES).ok()?;
    let network = session.network();
    let hidden = network.neuron_rows().filter(|&row| network.role(row) == Role::Hidden);
    let mut means: Vec<f64> = hidden
        .map(|row| {
            let said = &raster.values[row.index() * raster.columns..][..raster.columns];
            said.iter().map(|&said| f64::from(said.abs())).sum::<f64>() / raster.columns as f64
        })
        .filter(|mean| mean.is_finite())
        .collect();
    means.sort_by(f64::total_cmp);
    let at = |part: f64| means[((means.len() - 1) as f64 * part).round() as usize];
    (!means.is_empty()).then(|| [0.1, 0.5, 0.9].map(at))
}

/// The raster of the first samples, in the order of their classes; for a task over time, of the first
/// cycles of the first sequence. The executor's state is silence afterwards.
///
/// # Errors
/// [`ExecError::NonFinite`] for a network that diverged.
pub(super) fn raster(checked: &Checked, session: &mut Session, most: usize) -> Result<ActivityRaster, ExecError> {
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
        for cycle in 0..batch.cycles.min(most) {
            let at = cycle * batch.lanes * width;
            executor.forward(&network, Window { cycles: 1, lanes: 1, values: &batch.inputs[at..at + width] }, None)?;
            columns.push(recall(executor).iter().map(|lanes| lanes.first().copied().unwrap_or(f32::NAN)).collect());
        }
    } else {
        let (lanes, values) = by_class(batch, most);
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
fn by_class(batch: &Batch, most: usize) -> (usize, Vec<f32>) {
    let width = batch.inputs.len() / batch.lanes;
    let mut samples: Vec<usize> = (0..batch.lanes.min(most)).collect();
    if let Answers::Labels(labels) = &batch.answers {
        samples.sort_by_key(|&sample| labels[sample]);
    }
    let values =
        samples.iter().flat_map(|&sample| &batch.inputs[sample * width..(sample + 1) * width]).copied().collect();
    (samples.len(), values)
}
