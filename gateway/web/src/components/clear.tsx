import CloseCircleFilled from "@ant-design/icons/CloseCircleFilled";

/** For `allowClear` of inputs and lists: the button that empties them is called in Chinese. */
export const CLEAR = { clearIcon: <CloseCircleFilled aria-label="清空" />, label: "清空" };
