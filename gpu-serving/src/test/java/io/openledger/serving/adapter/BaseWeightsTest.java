package io.openledger.serving.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.openledger.serving.TinyModel;
import io.openledger.serving.adapter.AdapterWeights.Change;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.LinearModule;
import io.openledger.serving.model.TensorData;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Norms of changed maps against the plain twin, which forms the changed map. */
class BaseWeightsTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"F32", "BF16", "F16"})
  void findsTheNormsOfChangedRowsWithoutFormingThem(String dtype) throws Exception {
    Checkpoint base =
        Checkpoint.open(TinyModel.write(folder.resolve("base"), TinyModel.config(), dtype, 5));
    AdapterWeights adapter =
        Adapters.read(TinyModel.writeAdapter(folder.resolve("a"), base, 3, 6), base);
    BaseWeights weights = new BaseWeights(base.tensors());
    for (LinearModule module : base.config().modules()) {
      Change change = adapter.changes().get(module.index());
      double[] fast = weights.changedNorms(module, 3, change.in(), change.out());
      float[] map = TensorData.read(base.tensors().get(module.weight()));
      double all = 0;
      for (int o = 0; o < module.out(); o++) {
        double squares = 0;
        for (int i = 0; i < module.in(); i++) {
          double value = map[o * module.in() + i];
          all += value * value;
          for (int r = 0; r < 3; r++) {
            value += (double) change.out()[r * module.out() + o] * change.in()[r * module.in() + i];
          }
          squares += value * value;
        }
        assertThat(fast[o]).as("%s, row %d", module, o).isCloseTo(Math.sqrt(squares), within(1e-9));
      }
      assertThat(weights.norm(module)).isCloseTo(Math.sqrt(all), within(1e-9));
    }
  }
}
