// The six shelves of the shop. The API names a product's category; the words and the order of the shelves are the storefront's.

export const categories = [
  { slug: "tea", name: "Tea", words: "Leaves, herbs and blends" },
  { slug: "coffee", name: "Coffee", words: "Beans and brewing things" },
  { slug: "ceramics", name: "Ceramics", words: "Thrown, glazed, fired" },
  { slug: "linen", name: "Linen", words: "For table, bath and bed" },
  { slug: "garden", name: "Garden", words: "Seeds, pots and tools" },
  { slug: "paper", name: "Paper", words: "To write, wrap and fold" },
];

export const nameOf = (slug) => categories.find((category) => category.slug === slug)?.name ?? slug;
