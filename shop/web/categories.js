// The six categories of the shop. The API only knows their identifiers; the storefront adds their names, descriptions and order.

export const categories = [
  { slug: "tea", name: "Tea", words: "Leaves, herbs and blends" },
  { slug: "coffee", name: "Coffee", words: "Beans and brewing gear" },
  { slug: "ceramics", name: "Ceramics", words: "Thrown, glazed, fired" },
  { slug: "linen", name: "Linen", words: "For table, bath and bed" },
  { slug: "garden", name: "Garden", words: "Seeds, pots and tools" },
  { slug: "paper", name: "Paper", words: "For writing, wrapping and folding" },
];

export const nameOf = (slug) => categories.find((category) => category.slug === slug)?.name ?? slug;
