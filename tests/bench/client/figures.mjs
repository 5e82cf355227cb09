// Medians and the like.

export const median = (list) => {
  const sorted = [...list].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
};

// The smallest value that so large a share of the list does not exceed.
export const quantile = (list, share) => {
  const sorted = [...list].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
};

export const tenths = (value) => Math.round(value * 10) / 10;
